/** A poll's rules in words: who may vote, who sees the result when, whether a vote is final. */
import { useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { Icon, type IconName } from '~/ui/Icon';
import { isEndUnknown } from './useTrueEnd';

interface Rule {
  icon: IconName;
  /** null: nothing that is worth saying. */
  words: string | null;
}

function isTold(rule: Rule): rule is Rule & { words: string } {
  return rule.words !== null;
}

interface PollRulesProps {
  poll: Poll;
  status: Poll['status'];
  isSkipped: boolean;
}

/** When it is over, nobody needs to know what they could have done: how it came about, only. */
export function PollRules({ poll, status, isSkipped }: PollRulesProps) {
  const isOver = status === 'closed';
  const voters = useVoters(poll, isOver);
  const visibility = useVisibility(poll, isOver);
  const change = useChange(poll, isOver, isSkipped);
  const rules = [voters, visibility, change, ...useTimes(poll, status)].filter(isTold);
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

function useVoters({ voters }: Poll, isOver: boolean): Rule {
  const { t } = useLingui();
  const words = isOver
    ? {
        anyone: t`Anyone could vote, without an account.`,
        registered: t`Only people with an account could vote.`,
      }
    : {
        anyone: t`Anyone can vote, without an account.`,
        registered: t`You need an account to vote.`,
      };
  return { icon: 'user', words: words[voters] };
}

function useVisibility({ resultsVisibility }: Poll, isOver: boolean): Rule {
  const { t } = useLingui();
  if (isOver) {
    const isForVoters = resultsVisibility === 'after_vote';
    const words = isForVoters ? t`Only people who have voted can see the result.` : null;
    return { icon: 'eye', words };
  }
  const words = {
    always: t`Everyone can see the result at any time.`,
    after_vote: t`You see the result once you have voted.`,
    after_close: t`The result is shown when the poll has closed.`,
  };
  return { icon: 'eye', words: words[resultsVisibility] };
}

/** Who has skipped the poll has no vote to change. */
function useChange({ voteChange }: Poll, isOver: boolean, isSkipped: boolean): Rule {
  const { t } = useLingui();
  if (isOver) return { icon: 'lock', words: null };
  if (isSkipped) return { icon: 'undo', words: t`Take your skip back to vote here.` };
  return voteChange
    ? {
        icon: 'undo',
        words: t`You can change or take back your vote while the poll is open.`,
      }
    : { icon: 'lock', words: t`A vote is final.` };
}

function useTimes(poll: Poll, status: Poll['status']): Rule[] {
  const { opensAt, closesAt } = poll;
  const { t, i18n } = useLingui();
  const rules: Rule[] = [];
  const format = (time: string) =>
    i18n.date(new Date(time), { dateStyle: 'medium', timeStyle: 'short' });
  if (opensAt !== null) {
    const start = format(opensAt);
    rules.push({ icon: 'play', words: t`Start: ${start}` });
  }
  if (closesAt !== null && !isEndUnknown(poll, status)) {
    const end = format(closesAt);
    rules.push({ icon: 'clock', words: t`End: ${end}` });
  }
  return rules;
}
