/** The options: written, pasted, put in order. */
import { Trans } from '@lingui/react/macro';
import { useRef, useState } from 'react';
import { Button } from '~/ui/Button';
import { MAX_OPTIONS } from './limits';
import { OptionRow } from './OptionRow';
import { Templates } from './Templates';
import { useOptions } from './useOptions';

export function OptionsField() {
  const list = useRef<HTMLOListElement>(null);
  const options = useOptions(list);
  const [isSorting, setIsSorting] = useState(false);
  const isFull = options.rows.length >= MAX_OPTIONS;

  /** The focus stays among the buttons: a field would call up the keyboard of a phone. */
  const remove = (index: number) => {
    if (!options.remove(index)) return;
    const buttons = list.current?.querySelectorAll<HTMLElement>('[data-remove]') ?? [];
    buttons[Math.min(index, buttons.length - 1)]?.focus();
  };

  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-2 font-medium">
        <Trans>Options</Trans>
      </legend>
      <Templates options={options} />
      <ol ref={list} className="relative flex flex-col gap-2">
        {options.rows.map(({ id }, index) => (
          <OptionRow
            key={id}
            index={index}
            options={options}
            isSorting={isSorting}
            onRemove={remove}
          />
        ))}
      </ol>
      <div className="flex flex-wrap items-center gap-2">
        <Button icon="plus" onClick={options.add} disabled={isFull}>
          <Trans>Add option</Trans>
        </Button>
        <Button
          kind="quiet"
          aria-pressed={isSorting}
          onClick={() => setIsSorting(!isSorting)}
          className="sm:hidden aria-pressed:bg-sunken aria-pressed:text-ink"
        >
          <Trans>Reorder</Trans>
        </Button>
        <p className="text-sm text-quiet">
          {isFull ? (
            <Trans>That is as many as a poll can have.</Trans>
          ) : (
            <Trans>Paste a list to add several at once.</Trans>
          )}
        </p>
      </div>
      <p role="status" className="sr-only">
        {options.said}
      </p>
    </fieldset>
  );
}
