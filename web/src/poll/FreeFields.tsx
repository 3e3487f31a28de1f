/** What may change until the first vote: the question, the options, the rules. */
import { useLingui } from '@lingui/react/macro';
import { Field, inputClass } from '~/ui/Field';
import { errorAt, type PollForm } from './edit';

interface FreeFieldsProps {
  form: PollForm;
  set: (part: Partial<PollForm>) => void;
  error: unknown;
}

export function FreeFields({ form, set, error }: FreeFieldsProps) {
  const { t, i18n } = useLingui();
  return (
    <>
      <Field label={t`Title`} error={errorAt(i18n, error, 'title')}>
        {(control) => (
          <input
            {...control}
            dir="auto"
            required
            maxLength={200}
            value={form.title}
            onChange={(event) => set({ title: event.target.value })}
            className={inputClass}
          />
        )}
      </Field>
      <Field
        label={t`Options`}
        hint={t`One per line, 2 to 20.`}
        error={errorAt(i18n, error, 'options')}
      >
        {(control) => (
          <textarea
            {...control}
            dir="auto"
            required
            rows={4}
            value={form.options}
            onChange={(event) => set({ options: event.target.value })}
            className={inputClass}
          />
        )}
      </Field>
      <Select
        label={t`Who sees the result`}
        value={form.resultsVisibility}
        words={{
          always: t`Everyone, at any time`,
          after_vote: t`People who have voted`,
          after_close: t`Everyone, once it has closed`,
        }}
        onChoose={(resultsVisibility) => set({ resultsVisibility })}
      />
      <Select
        label={t`Who may vote`}
        value={form.voters}
        words={{ anyone: t`Anyone`, registered: t`Anyone with an account` }}
        onChoose={(voters) => set({ voters })}
      />
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          checked={form.voteChange}
          onChange={(event) => set({ voteChange: event.target.checked })}
          className="size-5 accent-accent"
        />
        {t`Votes can be changed and taken back`}
      </label>
    </>
  );
}

interface SelectProps<T extends string> {
  label: string;
  value: T;
  words: Record<T, string>;
  onChoose: (value: T) => void;
}

function Select<T extends string>({ label, value, words, onChoose }: SelectProps<T>) {
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => onChoose(event.target.value as T)}
          className={inputClass}
        >
          {(Object.keys(words) as T[]).map((key) => (
            <option key={key} value={key}>
              {words[key]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
