/** The options as radio buttons, and an explicit Vote. */
import { Trans } from '@lingui/react/macro';
import { type FormEvent, memo, useId, useRef, useState } from 'react';
import type { Poll } from '~/api/client';
import { Button } from '~/ui/Button';
import type { Ballot } from './ballots';

interface VoteFormProps {
  poll: Poll;
  labelledBy: string | undefined;
  ballot: Ballot | undefined;
  myVote: number | null;
  onCast: (option: number) => void;
  onCancel: (() => void) | undefined;
  onWatch: (() => void) | undefined;
}

export function VoteForm(props: VoteFormProps) {
  const { poll, labelledBy, ballot, myVote, onCast, onCancel, onWatch } = props;
  const [choice, setChoice] = useState(ballot?.wish ?? myVote);
  const [isAsked, setAsked] = useState(false);
  const group = useRef<HTMLFieldSetElement>(null);
  const hint = useId();
  const isBusy = ballot !== undefined && ballot.phase !== 'failed';
  const isMissing = isAsked && choice === null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    if (choice !== null) return choice === myVote ? onCancel?.() : onCast(choice);
    setAsked(true);
    group.current?.querySelector('input')?.focus();
  };
  const choose = (option: number) => {
    if (!isBusy) setChoice(option);
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
        <Options poll={poll} choice={choice} onChoose={choose} />
      </fieldset>
      {isMissing && (
        <p id={hint} role="alert" className="font-medium text-warn">
          <Trans>Choose an option first.</Trans>
        </p>
      )}
      <div className="sticky bottom-0 flex flex-wrap gap-2 bg-inherit py-1">
        <Button
          kind="primary"
          type="submit"
          aria-disabled={isBusy}
          className="min-w-32 grow"
        >
          <VoteLabel ballot={ballot} isRetry={ballot?.wish === choice} />
        </Button>
        {onCancel && (
          <Button kind="quiet" onClick={onCancel}>
            <Trans>Keep my vote</Trans>
          </Button>
        )}
        {onWatch && (
          <Button kind="quiet" icon="chart" onClick={onWatch}>
            <Trans>Show results</Trans>
          </Button>
        )}
      </div>
    </form>
  );
}

function VoteLabel({ ballot, isRetry }: { ballot: Ballot | undefined; isRetry: boolean }) {
  switch (ballot?.phase) {
    case 'sending':
      return <Trans>Sending…</Trans>;
    case 'retrying':
      return <Trans>Still trying…</Trans>;
    case 'offline':
      return <Trans>Waiting for a connection…</Trans>;
    case 'failed':
      return isRetry ? <Trans>Try again</Trans> : <Trans>Vote</Trans>;
    default:
      return <Trans>Vote</Trans>;
  }
}

interface OptionsProps {
  poll: Poll;
  choice: number | null;
  onChoose: (option: number) => void;
}

const Options = memo(function Options({ poll, choice, onChoose }: OptionsProps) {
  const name = useId();
  return (
    <div className="flex flex-col gap-2">
      {poll.options.map(({ index, text }) => (
        <label
          key={index}
          className="flex min-h-12 cursor-pointer items-center gap-3 rounded-xl border border-edge bg-card px-4 py-2 has-checked:border-accent has-checked:bg-sunken has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            checked={index === choice}
            onChange={() => onChoose(index)}
            className="size-5 shrink-0 accent-accent outline-none"
          />
          <span dir="auto" className="min-w-0">
            {text}
          </span>
        </label>
      ))}
    </div>
  );
});
