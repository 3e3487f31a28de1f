/** From a poll to a draft: to change it while nobody has voted, or to ask it again. */
import type { Poll, Schemas } from '~/api/client';
import type { Draft } from './draft';
import { toInput } from './input';
import { localOf } from './times';

function local(time: string | null): string {
  return time === null ? '' : localOf(Date.parse(time));
}

export function draftOf(poll: Poll): Draft {
  const { title, options, description, tags, opensAt, closesAt } = poll;
  const { resultsVisibility, voteChange, voters } = poll;
  return {
    title,
    options: options.map(({ text }) => ({ text })),
    description: description ?? '',
    tags: [...tags],
    tag: '',
    opens: opensAt === null ? 'now' : 'at',
    opensAt: local(opensAt),
    closes: closesAt === null ? 'never' : 'at',
    closesAt: local(closesAt),
    resultsVisibility,
    voteChange,
    voters,
  };
}

/** Another poll that asks the same: without its votes, and without times that have passed. */
export function copyOf(poll: Poll, now: number): Draft {
  const isPast = (time: string | null) => time !== null && Date.parse(time) <= now;
  return draftOf({
    ...poll,
    opensAt: isPast(poll.opensAt) ? null : poll.opensAt,
    closesAt: isPast(poll.closesAt) ? null : poll.closesAt,
  });
}

/** Only what is another now: also of times, which a form knows to the minute. */
export function changeBetween(
  base: Draft,
  draft: Draft,
  now: number,
): Schemas['PollChange'] {
  const before = Object.entries(toInput(base, now));
  const after = Object.entries(toInput(draft, now));
  const isNew = ([, value]: [string, unknown], i: number) =>
    JSON.stringify(value) !== JSON.stringify(before[i]?.[1]);
  return Object.fromEntries(after.filter(isNew));
}
