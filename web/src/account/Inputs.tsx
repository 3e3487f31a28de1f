/** A form's fields: text, and a password that can be looked at. */
import { useLingui } from '@lingui/react/macro';
import { type InputHTMLAttributes, type ReactNode, useState } from 'react';
import { type ControlProps, Field, inputClass } from '~/ui/Field';
import { Icon } from '~/ui/Icon';
import type { FieldState } from './useForm';

type Native = Pick<
  InputHTMLAttributes<HTMLInputElement>,
  'type' | 'autoComplete' | 'inputMode'
>;

interface InputProps extends Native {
  label: string;
  hint?: ReactNode;
  field: FieldState;
}

export function TextInput({ label, hint, field, ...native }: InputProps) {
  return (
    <Field label={label} hint={hint} error={field.error}>
      {(control) => <Control field={field} control={control} {...native} />}
    </Field>
  );
}

export function PasswordInput({ label, hint, field, ...native }: InputProps) {
  const { t } = useLingui();
  const [isShown, setShown] = useState(false);
  const name = isShown ? t`Hide the password` : t`Show the password`;
  return (
    <Field label={label} hint={hint} error={field.error}>
      {(control) => (
        <div className="relative">
          <Control
            field={field}
            control={control}
            {...native}
            type={isShown ? 'text' : 'password'}
            className="pe-12"
          />
          <button
            type="button"
            aria-label={name}
            title={name}
            onClick={() => setShown(!isShown)}
            className="absolute inset-y-0 end-0 flex min-w-11 items-center justify-center rounded-xl text-quiet hover:text-ink"
          >
            <Icon name="eye" />
            {isShown && (
              <span
                aria-hidden="true"
                className="absolute h-0.5 w-6 -rotate-45 rounded bg-current"
              />
            )}
          </button>
        </div>
      )}
    </Field>
  );
}

interface OneControl extends Native {
  field: FieldState;
  control: ControlProps;
  className?: string;
}

function Control({ field, control, className = '', ...native }: OneControl) {
  return (
    <input
      {...control}
      {...native}
      name={field.name}
      dir="auto"
      value={field.value}
      onChange={(event) => field.onChange(event.target.value)}
      onBlur={field.onBlur}
      autoCapitalize="none"
      spellCheck={false}
      className={`${inputClass} ${className}`}
    />
  );
}
