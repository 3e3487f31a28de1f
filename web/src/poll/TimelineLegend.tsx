/** Which line is which, with its votes: at the pointer, else the newest. */
import { useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { lineStyle } from './lineStyle';
import type { Lines } from './timeline';

interface TimelineLegendProps {
  options: Poll['options'];
  lines: Lines;
  point: number | null;
}

export function TimelineLegend({ options, lines, point }: TimelineLegendProps) {
  const { i18n } = useLingui();
  const [times, ...heights] = lines;
  const at = Math.min(point ?? times.length, times.length - 1);
  const time = new Date((times[at] ?? 0) * 1000);
  return (
    <div className="text-sm">
      <p className="mb-1 text-quiet tabular-nums">
        {i18n.date(time, { dateStyle: 'medium', timeStyle: 'medium' })}
      </p>
      <ul className="flex flex-wrap gap-x-5 gap-y-1">
        {options.map(({ index, text }) => (
          <li key={index} className="flex min-w-0 items-center gap-2">
            <Sample option={index} />
            <span dir="auto">{text}</span>
            <span className="font-semibold whitespace-nowrap tabular-nums">
              {i18n.number(heights[index]?.[at] ?? 0)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sample({ option }: { option: number }) {
  const { color, dash } = lineStyle(option);
  return (
    <svg aria-hidden="true" viewBox="0 0 36 8" className="h-2 w-9 shrink-0">
      <path
        d="M0 4h36"
        fill="none"
        strokeWidth="2.5"
        strokeDasharray={dash.join(' ')}
        style={{ stroke: color }}
      />
    </svg>
  );
}
