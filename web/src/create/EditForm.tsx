/** A poll on which nobody has voted, in the form that it was made with. */
import { Trans, useLingui } from '@lingui/react/macro';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Poll, Schemas } from '~/api/client';
import { ApiError } from '~/api/error';
import { now } from '~/lib/clock';
import { Button } from '~/ui/Button';
import { changeBetween, draftOf } from './copy';
import { DraftFormProvider, useNewDraftForm } from './DraftForm';
import { FurtherFields } from './FurtherFields';
import { focusFirstFault } from './focusField';
import { OptionsField } from './OptionsField';
import { TitleField } from './TitleField';

interface EditFormProps {
  poll: Poll;
  isBusy: boolean;
  /** Why it was not saved. */
  error: unknown;
  /** What is another now: perhaps nothing. */
  onSave: (change: Schemas['PollChange']) => void;
  onCancel: () => void;
}

export function EditForm({ poll, isBusy, error, onSave, onCancel }: EditFormProps) {
  const { t } = useLingui();
  const [base] = useState(() => draftOf(poll));
  const draftForm = useNewDraftForm(base, base);
  const element = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  const { refuse } = draftForm;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal is told once
  useEffect(() => {
    if (!(error instanceof ApiError) || error.errors.length === 0) return;
    refuse(error.errors);
    setTries((n) => n + 1);
  }, [error]);
  useEffect(() => {
    if (tries > 0) focusFirstFault(element.current);
  }, [tries]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draftForm.checkAll()) setTries((n) => n + 1);
    else onSave(changeBetween(base, draftForm.form.getValues(), now()));
  };
  return (
    <DraftFormProvider value={draftForm}>
      <form
        ref={element}
        noValidate
        onSubmit={submit}
        aria-label={t`Edit the poll`}
        className="flex flex-col gap-6"
      >
        <TitleField />
        <OptionsField />
        <FurtherFields isChecked={tries > 0} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onCancel}>
            <Trans>Cancel</Trans>
          </Button>
          <Button kind="primary" type="submit" disabled={isBusy}>
            <Trans>Save</Trans>
          </Button>
        </div>
      </form>
    </DraftFormProvider>
  );
}
