/** One of a few: radio buttons that look like chips. */
import { type ReactNode, useId } from 'react';

interface ChoiceProps<T extends string> {
  legend: ReactNode;
  value: T;
  values: Record<T, string>;
  onChoose: (value: T) => void;
}

export function Choice<T extends string>({
  legend,
  value,
  values,
  onChoose,
}: ChoiceProps<T>) {
  const name = useId(); // what makes a group of them, for the arrow keys
  return (
    <fieldset>
      <legend className="mb-2 font-medium">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {(Object.keys(values) as T[]).map((key) => (
          <label
            key={key}
            className="flex min-h-11 cursor-pointer items-center gap-2 rounded-xl bg-sunken px-4 has-checked:outline-2 has-checked:outline-accent has-focus-visible:outline-3"
          >
            <input
              type="radio"
              name={name}
              checked={key === value}
              onChange={() => onChoose(key)}
              className="accent-accent outline-none"
            />
            {values[key]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
