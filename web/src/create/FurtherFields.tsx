/** What most polls do without: folded away until it is wanted, or wrong. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { Field, inputClass } from '~/ui/Field';
import { Icon } from '~/ui/Icon';
import { Counter } from './Counter';
import { useDraftForm } from './DraftForm';
import { FURTHER, hasFurther } from './draft';
import { MAX_DESCRIPTION } from './limits';
import { RuleFields } from './RuleFields';
import { TagsField } from './TagsField';
import { TimeFields } from './TimeFields';

export function FurtherFields({ isChecked }: { isChecked: boolean }) {
  const { form, draft, faults, faultAt } = useDraftForm();
  const { t } = useLingui();
  const [isOpen, setIsOpen] = useState(() => hasFurther(draft));
  const isWrong = isChecked && FURTHER.some((name) => name in faults);
  return (
    <details
      open={isOpen || isWrong}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
      className="group rounded-2xl border border-line"
    >
      <summary className="flex min-h-12 cursor-pointer items-center gap-2 rounded-2xl px-4 py-3 font-medium hover:bg-sunken">
        <span className="grow">
          <Trans>More options</Trans>
          <span className="block text-sm font-normal text-quiet">
            <Trans>Tags, description, times, and who may see and vote</Trans>
          </span>
        </span>
        <Icon name="down" className="size-5 transition-transform group-open:rotate-180" />
      </summary>
      <div className="flex flex-col gap-7 px-4 pt-3 pb-5">
        <TagsField isWanted={isOpen} />
        <Field
          label={t`Description`}
          hint={<Counter text={draft.description} max={MAX_DESCRIPTION} />}
          error={faultAt('description')}
        >
          {(control) => (
            <textarea
              {...control}
              {...form.register('description')}
              dir="auto"
              rows={3}
              className={`${inputClass} field-sizing-content min-h-24`}
            />
          )}
        </Field>
        <TimeFields />
        <RuleFields />
      </div>
    </details>
  );
}
