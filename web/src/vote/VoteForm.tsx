/** The options as radio buttons, and an explicit Vote. */
import { Trans } from '@lingui/react/macro';
import { type FormEvent, memo, useCallback, useId, useRef, useState } from 'react';
import type { Poll } from '~/api/client';
import { useServices } from '~/services';
import { Button } from '~/ui/Button';
import { type Ballot, isRefusal, isUnderWay } from './ballots';

interface VoteFormProps {
  poll: Poll;
  labelledBy: string | undefined;
  ballot: Ballot | undefined;
  myVote: number | null;
  onCast: (option: number) => void;
  onRecall: () => void;
  onCancel: (() => void) | undefined;
  onWatch: (() => void) | undefined;
}

export function VoteForm(props: VoteFormProps) {
  const { poll, labelledBy, ballot, myVote, onCast, onCancel } = props;
  const { unsent } = useServices().ballots;
  const [choice, setChoice] = useState(ballot?.wish ?? unsent.get(poll.id) ?? myVote);
  const [isAsked, setAsked] = useState(false);
  const group = useRef<HTMLFieldSetElement>(null);
  const hint = useId();
  const isBusy = isUnderWay(ballot);
  const isMissing = isAsked && choice === null;

  const choose = useCallback(
    (option: number) => {
      unsent.set(poll.id, option);
      setChoice(option);
    },
    [unsent, poll.id],
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (choice !== null) return choice === myVote ? onCancel?.() : onCast(choice);
    setAsked(true);
    group.current?.querySelector('input')?.focus();
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-3 bg-inherit">
      <fieldset
        ref={group}
        aria-labelledby={labelledBy}
        aria-describedby={isMissing ? hint : undefined}
        className="min-w-0"
      >
        {labelledBy === undefined && <legend className="sr-only">{poll.title}</legend>}
        <Options poll={poll} choice={choice} isFixed={isBusy} onChoose={choose} />
      </fieldset>
      {isMissing && (
        <p id={hint} role="alert" className="font-medium text-warn">
          <Trans>Choose an option first.</Trans>
        </p>
      )}
      <Actions {...props} choice={choice} />
    </form>
  );
}

/** Within reach also below twenty options. */
function Actions(props: VoteFormProps & { choice: number | null }) {
  const { ballot, choice, myVote, onRecall, onCancel, onWatch } = props;
  return (
    <div className="sticky bottom-[var(--covered,0px)] flex flex-wrap gap-2 bg-inherit py-1">
      <Button
        kind="primary"
        type="submit"
        aria-disabled={isUnderWay(ballot)}
        className="grow aria-disabled:opacity-70"
      >
        <VoteLabel ballot={ballot} choice={choice} isChange={myVote !== null} />
      </Button>
      {ballot?.phase === 'offline' && (
        <Button kind="quiet" onClick={onRecall}>
          <Trans>Do not send</Trans>
        </Button>
      )}
      {onCancel && (
        <Button kind="quiet" onClick={onCancel}>
          <Trans>Keep my vote</Trans>
        </Button>
      )}
      {onWatch && (
        <Button
          kind="quiet"
          icon="chart"
          onClick={onWatch}
          className="max-[24rem]:px-2 max-[24rem]:*:[svg]:hidden"
        >
          <Trans>Show results</Trans>
        </Button>
      )}
    </div>
  );
}

interface VoteLabelProps {
  ballot: Ballot | undefined;
  choice: number | null;
  isChange: boolean;
}

function VoteLabel({ ballot, choice, isChange }: VoteLabelProps) {
  switch (ballot?.phase) {
    case 'sending':
      return <Trans>Sending…</Trans>;
    case 'retrying':
    case 'waiting':
      return <Trans>Still trying…</Trans>;
    case 'offline':
      return <Trans>Waiting for a connection…</Trans>;
    case 'failed':
      if (ballot.wish === choice && !isRefusal(ballot.error))
        return <Trans>Try again</Trans>;
  }
  return isChange ? <Trans>Change vote</Trans> : <Trans>Vote</Trans>;
}

interface OptionsProps {
  poll: Poll;
  choice: number | null;
  /** On its way: what is chosen stays chosen. */
  isFixed: boolean;
  onChoose: (option: number) => void;
}

const Options = memo(function Options({ poll, choice, isFixed, onChoose }: OptionsProps) {
  const name = useId();
  return (
    <div dir="auto" className="flex flex-col gap-2">
      {poll.options.map(({ index, text }) => (
        <label
          key={index}
          className="flex min-h-12 cursor-pointer items-center gap-3 rounded-xl border border-edge bg-card px-4 py-2 has-checked:border-accent has-checked:bg-sunken has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            checked={index === choice}
            onChange={() => isFixed || onChoose(index)}
            className="size-5 shrink-0 accent-accent outline-none"
          />
          <span className="min-w-0 mixed-text">{text}</span>
        </label>
      ))}
    </div>
  );
});
