/** When a poll opens and closes: at once and never, unless somebody wants it otherwise. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Path } from 'react-hook-form';
import { now } from '~/lib/clock';
import { Field, inputClass } from '~/ui/Field';
import { useDraftForm } from './DraftForm';
import type { Draft } from './draft';
import { RadioCards } from './RadioCards';
import { suggestedClosing, suggestedOpening, zoneName } from './times';

export function TimeFields() {
  const { t } = useLingui();
  const { form, draft, faultAt } = useDraftForm();

  /** A time to begin with, for who wants one. */
  const suggest = (field: 'opensAt' | 'closesAt') => {
    if (form.getValues(field) !== '') return;
    const suggested = field === 'opensAt' ? suggestedOpening : suggestedClosing;
    form.setValue(field, suggested(form.getValues(), now()));
  };
  const opens = form.register('opens', {
    onChange: ({ target }) => target.value === 'at' && suggest('opensAt'),
  });
  const closes = form.register('closes', {
    onChange: ({ target }) => target.value === 'at' && suggest('closesAt'),
  });

  return (
    <>
      <div className="flex flex-col gap-3">
        <RadioCards<Draft['opens']>
          legend={<Trans>Opens</Trans>}
          field={opens}
          cards={[
            { value: 'now', name: t`at once` },
            { value: 'at', name: t`at a set time` },
          ]}
          error={draft.opens === 'at' ? undefined : faultAt('opensAt')}
        />
        {draft.opens === 'at' && <TimeField name="opensAt" label={t`Opening time`} />}
      </div>
      <div className="flex flex-col gap-3">
        <RadioCards<Draft['closes']>
          legend={<Trans>Closes</Trans>}
          field={closes}
          cards={[
            { value: 'never', name: t`when you close it` },
            { value: '5', name: t`after 5 minutes` },
            { value: '60', name: t`after 1 hour` },
            { value: '1440', name: t`after 1 day` },
            { value: '10080', name: t`after 1 week` },
            { value: 'at', name: t`at a set time` },
          ]}
          error={draft.closes === 'at' ? undefined : faultAt('closesAt')}
        />
        {draft.closes === 'at' && <TimeField name="closesAt" label={t`Closing time`} />}
      </div>
    </>
  );
}

function TimeField({ name, label }: { name: Path<Draft>; label: string }) {
  const { form, faultAt } = useDraftForm();
  const zone = zoneName();
  return (
    <Field
      label={label}
      hint={<Trans>In the time of this device: {zone}</Trans>}
      error={faultAt(name)}
    >
      {(control) => (
        <input
          {...control}
          {...form.register(name)}
          type="datetime-local"
          className={`${inputClass} max-w-72`}
        />
      )}
    </Field>
  );
}
