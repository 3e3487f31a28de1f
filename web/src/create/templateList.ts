/** Options that many polls begin with. */
import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';

export interface Template {
  name: string;
  options: string[];
}

const DAY_MS = 86_400_000;
const DAYS = 7;
const STARS = 5;

function nextDays(i18n: I18n, now: number): string[] {
  const format = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  return Array.from({ length: DAYS }, (_, i) =>
    i18n.date(new Date(now + (i + 1) * DAY_MS), format),
  );
}

export function templates(i18n: I18n, now: number): Template[] {
  return [
    { name: i18n._(msg`Yes or no`), options: [i18n._(msg`Yes`), i18n._(msg`No`)] },
    {
      name: i18n._(msg`Agreement`),
      options: [
        i18n._(msg`Strongly agree`),
        i18n._(msg`Agree`),
        i18n._(msg`Neither agree nor disagree`),
        i18n._(msg`Disagree`),
        i18n._(msg`Strongly disagree`),
      ],
    },
    {
      name: i18n._(msg`1 to 5 stars`),
      options: Array.from({ length: STARS }, (_, i) => `${i + 1} ★`),
    },
    { name: i18n._(msg`Date`), options: nextDays(i18n, now) },
  ];
}
