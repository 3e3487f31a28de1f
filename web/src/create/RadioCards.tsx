/** One of a few, each with a sentence if it needs one. */
import type { ReactNode } from 'react';
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
}

export function RadioCards<T extends string>({ legend, field, cards }: RadioCardsProps<T>) {
  return (
    <fieldset className="min-w-0">
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
    </fieldset>
  );
}
