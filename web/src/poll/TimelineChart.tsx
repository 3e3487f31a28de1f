/** The lines themselves, on a canvas. The numbers are in the legend and in the table too. */
import type { I18n } from '@lingui/core';
import { useLingui } from '@lingui/react/macro';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { lineStyle, resolveColor } from './lineStyle';
import type { Lines } from './timeline';
import { useThemeKey } from './useThemeKey';

const HEIGHT = 240;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;
/** Between the marks of the time axis: nothing finer than its words. */
const SPANS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_S),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_S),
  ...[1, 2, 7, 14, 28, 91, 182, 364, 3640].map((n) => n * DAY_S),
];
/** Votes are whole. */
const STEPS = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat();

interface TimelineChartProps {
  lines: Lines;
  /** Of the point under the pointer; null when there is none. */
  onPoint: (index: number | null) => void;
}

export function TimelineChart({ lines, onPoint }: TimelineChartProps) {
  const { t, i18n } = useLingui();
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(lines);
  const theme = useThemeKey();
  const count = lines.length - 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the DOM
  useEffect(() => {
    if (frame.current === null) return;
    const chart = new uPlot(
      optionsOf(frame.current, i18n, count, onPoint),
      latest.current,
      frame.current,
    );
    const observer = new ResizeObserver(([entry]) => {
      if (entry) chart.setSize({ width: entry.contentRect.width, height: HEIGHT });
    });
    observer.observe(frame.current);
    plot.current = chart;
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [theme, i18n, i18n.locale, count, onPoint]);

  useEffect(() => {
    latest.current = lines;
    plot.current?.setData(lines);
  }, [lines]);

  return (
    <div
      ref={frame}
      role="img"
      aria-label={t`A line for each option that rises with its votes. The numbers are in the table below.`}
      className="min-h-60 w-full"
    />
  );
}

function optionsOf(
  frame: HTMLElement,
  i18n: I18n,
  count: number,
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const color = (name: string) => resolveColor(frame, name);
  const axis = {
    stroke: color('var(--color-quiet)'),
    grid: { stroke: color('var(--color-line)'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width: frame.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.05, 4)] } },
    axes: [
      {
        ...axis,
        size: 30,
        incrs: SPANS,
        values: (_, at, __, ___, step) => at.map((s) => moment(i18n, s, step)),
      },
      {
        ...axis,
        size: (_, words) => 14 + 8 * Math.max(0, ...(words ?? []).map((w) => w.length)),
        incrs: STEPS,
        values: (_, votes) => votes.map((n) => i18n.number(n)),
      },
    ],
    series: [{}, ...Array.from({ length: count }, (_, option) => seriesOf(option, color))],
    hooks: { setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)] },
  };
}

function seriesOf(option: number, color: (name: string) => string): uPlot.Series {
  const style = lineStyle(option);
  return {
    stroke: color(style.color),
    width: 2,
    dash: [...style.dash],
    points: { show: false },
  };
}

/** On the axis: a day where its marks are days apart, else a time. */
function moment(i18n: I18n, seconds: number, step: number): string {
  return i18n.date(
    new Date(seconds * 1000),
    step >= DAY_S ? { day: 'numeric', month: 'short' } : { timeStyle: 'short' },
  );
}
