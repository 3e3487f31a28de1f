/** The form, and beside it what voters will see. */
import { useLingui } from '@lingui/react/macro';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useServices } from '~/services';
import { CreateBar } from './CreateBar';
import { DraftFormProvider, useNewDraftForm } from './DraftForm';
import type { Draft } from './draft';
import { FurtherFields } from './FurtherFields';
import { focusField, focusFirstFault } from './focusField';
import { RegisterHint, RestoredHint } from './Hints';
import { OptionsField } from './OptionsField';
import { Preview } from './Preview';
import { TitleField } from './TitleField';
import { useCreate } from './useCreate';
import { useKeeper } from './useKeeper';

/** A draft is not for who comes next. */
function useLeaving(clear: () => void): void {
  const { session } = useServices();
  const newest = useRef(clear);
  newest.current = clear;
  useEffect(
    () => session.onChange((change) => change === 'left' && newest.current()),
    [session],
  );
}

interface CreateFormProps {
  kept: Draft | null;
  /** Of another poll. */
  isCopy?: boolean;
}

export function CreateForm({ kept, isCopy = false }: CreateFormProps) {
  const { t } = useLingui();
  const draftForm = useNewDraftForm(kept);
  const { form } = draftForm;
  const keeper = useKeeper(form, isCopy);
  const element = useRef<HTMLFormElement>(null);
  const [isRestored, setIsRestored] = useState(kept !== null);
  const [tries, setTries] = useState(0);

  const { create, isBusy, error } = useCreate({
    attempts: keeper.attempts,
    onCreated: () => keeper.forget(),
    onLeave: () => {
      keeper.note(form.getValues());
      keeper.flush();
    },
    onRefused: (errors) => {
      draftForm.refuse(errors);
      if (errors.length > 0) setTries((n) => n + 1);
    },
  });

  // After what is wrong has been drawn, and unfolded where it was folded away.
  useEffect(() => {
    if (tries > 0) focusFirstFault(element.current);
  }, [tries]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draftForm.checkAll()) setTries((n) => n + 1);
    else void create(form.getValues());
  };

  const clear = () => {
    draftForm.startOver();
    keeper.forget();
    setIsRestored(false);
    setTries(0);
  };
  const startOver = () => {
    clear();
    focusField('title');
  };
  useLeaving(clear);

  return (
    <DraftFormProvider value={draftForm}>
      {isRestored && <RestoredHint isCopy={isCopy} onStartOver={startOver} />}
      <RegisterHint />
      <div className="grid items-start gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <form
          ref={element}
          noValidate
          onSubmit={submit}
          aria-label={t`New poll`}
          className="flex flex-col gap-6 [&_:is(input,textarea,button)]:scroll-my-28"
        >
          <TitleField />
          <OptionsField />
          <FurtherFields isChecked={tries > 0} />
          <CreateBar isBusy={isBusy} error={error} isChecked={tries > 0} />
        </form>
        <Preview />
      </div>
    </DraftFormProvider>
  );
}
