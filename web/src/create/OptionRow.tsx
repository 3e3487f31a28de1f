/** One option: its text, and what moves and removes it. */
import { useLingui } from '@lingui/react/macro';
import { type ClipboardEvent, type KeyboardEvent, useId, useRef } from 'react';
import { IconButton } from '~/ui/Button';
import { inputClass } from '~/ui/Field';
import { Icon } from '~/ui/Icon';
import { Counter } from './Counter';
import { useDraftForm } from './DraftForm';
import { MAX_OPTION, MIN_OPTIONS } from './limits';
import { lengthOf, linesOf } from './text';
import type { Options } from './useOptions';

interface OptionRowProps {
  index: number;
  options: Options;
  /** On a narrow screen there is room to move, or to remove. */
  isSorting: boolean;
  onRemove: (index: number) => void;
}

export function OptionRow({ index, options, isSorting, onRemove }: OptionRowProps) {
  const { t } = useLingui();
  const row = useRef<HTMLLIElement>(null);
  const count = options.rows.length;
  const number = index + 1;
  const shown = isSorting ? '' : 'max-sm:hidden';
  return (
    <li
      ref={row}
      className="relative flex items-start gap-1 rounded-xl data-dragged:z-10 data-dragged:bg-card data-dragged:shadow-card"
    >
      <button
        type="button"
        tabIndex={-1} // there are other ways by keyboard
        aria-hidden="true"
        onPointerDown={(event) => {
          if (event.button !== 0 || row.current === null) return;
          event.preventDefault();
          options.drag(row.current, event.nativeEvent);
        }}
        className="grid size-11 shrink-0 cursor-grab! touch-none place-items-center text-quiet select-none max-sm:-ms-3"
      >
        <Icon name="grip" />
      </button>
      <OptionText index={index} options={options} />
      <IconButton
        icon="up"
        label={t`Move option ${number} up`}
        className={`${shown} aria-disabled:opacity-40`}
        aria-disabled={index === 0}
        onClick={() => options.move(index, index - 1)}
      />
      <IconButton
        icon="down"
        label={t`Move option ${number} down`}
        className={`${shown} aria-disabled:opacity-40`}
        aria-disabled={number === count}
        onClick={() => options.move(index, index + 1)}
      />
      <IconButton
        icon="close"
        label={t`Remove option ${number}`}
        className={`${isSorting ? 'max-sm:hidden' : ''} aria-disabled:opacity-40`}
        aria-disabled={count <= MIN_OPTIONS}
        onClick={() => onRemove(index)}
        data-remove=""
      />
    </li>
  );
}

/** Nearly full: then it matters how many fit. */
function isLong(text: string): boolean {
  return lengthOf(text) > MAX_OPTION * 0.8;
}

function OptionText({ index, options }: { index: number; options: Options }) {
  const { t } = useLingui();
  const { form, draft, faultAt } = useDraftForm();
  const id = useId();
  const text = draft.options[index]?.text ?? '';
  const error = faultAt(`options.${index}.text`);
  const hasCounter = isLong(text);
  const number = index + 1;
  return (
    <div className="flex min-w-0 grow flex-col gap-1">
      <input
        {...form.register(`options.${index}.text`)}
        dir="auto"
        aria-label={t`Option ${number}`}
        aria-invalid={error !== undefined}
        aria-describedby={error || hasCounter ? id : undefined}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        placeholder={t`Option ${number}`}
        autoComplete="off"
        enterKeyHint="next"
        onKeyDown={(event) => onKey(event, index, options)}
        onPaste={(event) => onPaste(event, index, options)}
        className={inputClass}
      />
      <p id={id} role={error ? 'alert' : undefined} className="text-sm empty:hidden">
        {error && <span className="font-medium text-bad">{error} </span>}
        {hasCounter && <Counter text={text} max={MAX_OPTION} />}
      </p>
    </div>
  );
}

function onKey(event: KeyboardEvent<HTMLInputElement>, index: number, options: Options) {
  const { key, altKey, currentTarget, nativeEvent } = event;
  if (nativeEvent.isComposing) return; // the Enter that ends a word in Japanese
  const isEmpty = currentTarget.value === '';
  if (key === 'Enter') options.goOn(index);
  else if (key === 'Backspace' && isEmpty) options.removeBackwards(index);
  else if (altKey && key === 'ArrowUp') options.move(index, index - 1);
  else if (altKey && key === 'ArrowDown') options.move(index, index + 1);
  else return;
  event.preventDefault();
}

/** Several lines become several options; one is pasted as anywhere. */
function onPaste(event: ClipboardEvent<HTMLInputElement>, index: number, options: Options) {
  const [first = '', ...more] = linesOf(event.clipboardData.getData('text'));
  if (more.length === 0) return;
  event.preventDefault();
  const { value, selectionStart, selectionEnd } = event.currentTarget;
  const before = value.slice(0, selectionStart ?? value.length);
  const after = value.slice(selectionEnd ?? value.length);
  options.paste(index, [before + first + after, ...more]);
}
