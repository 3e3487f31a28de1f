/** A poll's rules in words: who may vote, who sees the result when, whether a vote is final. */
import { useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { Icon, type IconName } from '~/ui/Icon';

interface Rule {
  icon: IconName;
  words: string;
}

export function PollRules({ poll, isSkipped }: { poll: Poll; isSkipped: boolean }) {
  const change = useChange(poll, isSkipped);
  const rules = [useVoters(poll), useVisibility(poll), change, ...useTimes(poll)];
  return (
    <ul className="flex flex-col gap-3 text-sm text-quiet">
      {rules.map(({ icon, words }) => (
        <li key={words} className="flex gap-2.5">
          <Icon name={icon} />
          {words}
        </li>
      ))}
    </ul>
  );
}

function useVoters({ voters }: Poll): Rule {
  const { t } = useLingui();
  const words = {
    anyone: t`Anyone can vote, without an account.`,
    registered: t`You need an account to vote.`,
  };
  return { icon: 'user', words: words[voters] };
}

function useVisibility({ resultsVisibility }: Poll): Rule {
  const { t } = useLingui();
  const words = {
    always: t`Everyone can see the result at any time.`,
    after_vote: t`You see the result once you have voted.`,
    after_close: t`The result is shown when the poll has closed.`,
  };
  return { icon: 'eye', words: words[resultsVisibility] };
}

/** Who has skipped the poll has no vote to change. */
function useChange({ voteChange }: Poll, isSkipped: boolean): Rule {
  const { t } = useLingui();
  if (isSkipped)
    return { icon: 'lock', words: t`A skip is final: you can no longer vote here.` };
  return voteChange
    ? {
        icon: 'undo',
        words: t`You can change or take back your vote while the poll is open.`,
      }
    : { icon: 'lock', words: t`A vote is final.` };
}

function useTimes({ opensAt, closesAt }: Poll): Rule[] {
  const { t, i18n } = useLingui();
  const rules: Rule[] = [];
  const format = (time: string) =>
    i18n.date(new Date(time), { dateStyle: 'medium', timeStyle: 'short' });
  if (opensAt !== null) {
    const start = format(opensAt);
    rules.push({ icon: 'play', words: t`Start: ${start}` });
  }
  if (closesAt !== null) {
    const end = format(closesAt);
    rules.push({ icon: 'clock', words: t`End: ${end}` });
  }
  return rules;
}
