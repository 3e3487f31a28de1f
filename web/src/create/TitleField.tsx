import { useLingui } from '@lingui/react/macro';
import type { ChangeEvent, KeyboardEvent } from 'react';
import { Field, inputClass } from '~/ui/Field';
import { Counter } from './Counter';
import { useDraftForm } from './DraftForm';
import { focusField } from './focusField';
import { MAX_TITLE } from './limits';

/** A question grows over several lines on a phone, and is still one line of text. */
function joinLines({ target }: ChangeEvent<HTMLTextAreaElement>): void {
  if (/[\r\n]/.test(target.value)) target.value = target.value.replace(/[\r\n]+/g, ' ');
}

export function TitleField() {
  const { t } = useLingui();
  const { form, draft, faultAt } = useDraftForm();
  const { onChange, ...field } = form.register('title');

  const goOn = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    focusField('options.0.text');
  };

  return (
    <Field
      label={t`Question`}
      hint={<Counter text={draft.title} max={MAX_TITLE} />}
      error={faultAt('title')}
    >
      {(control) => (
        <textarea
          {...control}
          {...field}
          dir="auto"
          rows={2}
          required
          onChange={(event) => {
            joinLines(event);
            return onChange(event);
          }}
          onKeyDown={goOn}
          placeholder={t`What would you like to know?`}
          className={`${inputClass} field-sizing-content resize-none text-lg font-semibold`}
        />
      )}
    </Field>
  );
}
