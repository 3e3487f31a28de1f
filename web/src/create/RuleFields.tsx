/** Who sees the result when, who may vote, and whether a vote is final. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useDraftForm } from './DraftForm';
import type { Draft } from './draft';
import { RadioCards } from './RadioCards';

export function RuleFields() {
  const { t } = useLingui();
  const { form } = useDraftForm();
  return (
    <>
      <RadioCards<Draft['resultsVisibility']>
        legend={<Trans>The result is shown</Trans>}
        field={form.register('resultsVisibility')}
        cards={[
          { value: 'always', name: t`Always`, sentence: t`Everybody watches it grow.` },
          {
            value: 'after_vote',
            name: t`After voting`,
            sentence: t`Nobody is swayed by what others chose.`,
          },
          {
            value: 'after_close',
            name: t`After closing`,
            sentence: t`Until then only you see it.`,
          },
        ]}
      />
      <RadioCards<Draft['voters']>
        legend={<Trans>Who may vote</Trans>}
        field={form.register('voters')}
        cards={[
          {
            value: 'anyone',
            name: t`Anyone`,
            sentence: t`Guests too, without signing up.`,
          },
          {
            value: 'registered',
            name: t`Registered users`,
            sentence: t`One vote per account: harder to cheat, fewer votes.`,
          },
        ]}
      />
      <label className="flex min-h-11 cursor-pointer items-baseline gap-3">
        <input
          {...form.register('voteChange')}
          type="checkbox"
          className="size-5 shrink-0 translate-y-1 accent-accent"
        />
        <span>
          <span className="font-medium">
            <Trans>Votes can be changed</Trans>
          </span>
          <span className="block text-sm text-quiet">
            <Trans>Or taken back, until the poll closes.</Trans>
          </span>
        </span>
      </label>
    </>
  );
}
