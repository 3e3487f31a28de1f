/** One of a few, each with a sentence if it needs one. */
import { type ReactNode, useId } from 'react';
import type { UseFormRegisterReturn } from 'react-hook-form';

export interface RadioCard<T extends string> {
  value: T;
  name: string;
  sentence?: string;
}

interface RadioCardsProps<T extends string> {
  legend: ReactNode;
  field: UseFormRegisterReturn;
  cards: RadioCard<T>[];
  /** Why what is chosen does not do. */
  error?: string | undefined;
}

export function RadioCards<T extends string>(props: RadioCardsProps<T>) {
  const { legend, field, cards, error } = props;
  const errorId = useId();
  return (
    <fieldset
      data-wrong={error && 'true'}
      aria-describedby={error && errorId}
      className="min-w-0"
    >
      <legend className="mb-2 font-medium">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {cards.map(({ value, name, sentence }) => (
          <label
            key={value}
            className={`flex min-h-11 cursor-pointer items-start gap-3 rounded-xl bg-sunken px-4 py-2.5 has-checked:outline-2 has-checked:outline-accent ${sentence ? 'w-full' : ''}`}
          >
            <input
              {...field}
              type="radio"
              value={value}
              className="mt-1 size-4 shrink-0 accent-accent"
            />
            <span>
              {name}
              {sentence && <span className="block text-sm text-quiet">{sentence}</span>}
            </span>
          </label>
        ))}
      </div>
      {error && (
        <p id={errorId} role="alert" className="mt-2 text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
