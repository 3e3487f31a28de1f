/** The reader's choices: language and theme. */
import { useLingui } from '@lingui/react/macro';
import { type ReactNode, useState } from 'react';
import { chooseLocale, LOCALES, type Locale } from '~/i18n/i18n';
import { Dialog } from '~/ui/Dialog';
import { chooseTheme, currentTheme, type Theme } from './theme';

export function Settings({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useLingui();
  const [theme, setTheme] = useState(currentTheme);
  const themes: Record<Theme, string> = {
    system: t`As the system`,
    light: t`Light`,
    dark: t`Dark`,
  };
  const setAndChooseTheme = (next: Theme) => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <Dialog title={t`Settings`} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <Choice
          legend={t`Language`}
          value={i18n.locale as Locale}
          values={LOCALES}
          onChoose={chooseLocale}
        />
        <Choice
          legend={t`Appearance`}
          value={theme}
          values={themes}
          onChoose={setAndChooseTheme}
        />
      </div>
    </Dialog>
  );
}

interface ChoiceProps<T extends string> {
  legend: ReactNode;
  value: T;
  values: Record<T, string>;
  onChoose: (value: T) => void;
}

function Choice<T extends string>({ legend, value, values, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend className="mb-2 font-medium">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {(Object.keys(values) as T[]).map((key) => (
          <label
            key={key}
            className="flex min-h-11 cursor-pointer items-center gap-2 rounded-xl bg-sunken px-4 has-checked:outline-2 has-checked:outline-accent"
          >
            <input
              type="radio"
              checked={key === value}
              onChange={() => onChoose(key)}
              className="accent-accent"
            />
            {values[key]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
