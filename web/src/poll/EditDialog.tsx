/** What an owner may still change: its words and end always, the rest until there are votes. */
import { Trans, useLingui } from '@lingui/react/macro';
import { type SubmitEvent, Suspense, useState } from 'react';
import type { Poll } from '~/api/client';
import { isCode } from '~/api/error';
import { sentenceOf } from '~/api/sentence';
import { isSkippedByClocks } from '~/create/times';
import { onDemand } from '~/loading/onDemand';
import { Button } from '~/ui/Button';
import { Dialog } from '~/ui/Dialog';
import { Field, inputClass } from '~/ui/Field';
import { Notice } from '~/ui/Notice';
import { Spinner } from '~/ui/Page';
import { type PollChange, useChangePoll } from './actions';
import { changeOf, errorAt, formOf, type PollForm } from './edit';

interface EditDialogProps {
  poll: Poll;
  status: Poll['status'];
  hasVotes: boolean;
  onClose: () => void;
}

/** As it was made with, words and all. */
const EditForm = onDemand('create', () =>
  import('~/create/EditForm').then((m) => m.EditForm),
);

export function EditDialog({ poll, status, hasVotes, onClose }: EditDialogProps) {
  const { t } = useLingui();
  const { mutate, isPending, error } = useChangePoll(poll.id);
  const save = (change: PollChange) => {
    if (Object.keys(change).length === 0) onClose();
    else mutate(change, { onSuccess: onClose });
  };
  const common = { poll, isBusy: isPending, error, onSave: save, onCancel: onClose };
  return (
    <Dialog title={t`Edit the poll`} onClose={onClose}>
      {hasVotes ? (
        <LastingForm {...common} isClosed={status === 'closed'} />
      ) : (
        <Suspense fallback={<Spinner label={t`Loading…`} />}>
          <EditForm {...common} />
        </Suspense>
      )}
      {!hasVotes && error !== null && <Refusal error={error} />}
    </Dialog>
  );
}

interface LastingFormProps {
  poll: Poll;
  isBusy: boolean;
  error: Error | null;
  isClosed: boolean;
  onSave: (change: PollChange) => void;
  onCancel: () => void;
}

function LastingForm(props: LastingFormProps) {
  const { poll, isBusy, error, isClosed, onSave, onCancel } = props;
  const [form, setForm] = useState(() => formOf(poll));
  const set = (part: Partial<PollForm>) => setForm({ ...form, ...part });
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isSkippedByClocks(form.closesAt)) onSave(changeOf(poll, form));
  };
  return (
    <form onSubmit={save} className="flex flex-col gap-4">
      <Frozen />
      <LastingFields form={form} set={set} error={error} isClosed={isClosed} />
      {error !== null && <Refusal error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>
          <Trans>Cancel</Trans>
        </Button>
        <Button kind="primary" type="submit" disabled={isBusy}>
          <Trans>Save</Trans>
        </Button>
      </div>
    </form>
  );
}

function Frozen() {
  return (
    <p className="text-sm text-quiet">
      <Trans>People have voted: title, options, tags and rules stay as they are.</Trans>
    </p>
  );
}

interface FieldsProps {
  form: PollForm;
  set: (part: Partial<PollForm>) => void;
  error: unknown;
  isClosed: boolean;
}

function LastingFields({ form, set, error, isClosed }: FieldsProps) {
  const { t, i18n } = useLingui();
  return (
    <>
      <Field label={t`Description`} error={errorAt(i18n, error, 'description')}>
        {(control) => (
          <textarea
            {...control}
            dir="auto"
            rows={4}
            maxLength={2000}
            value={form.description}
            onChange={(event) => set({ description: event.target.value })}
            className={inputClass}
          />
        )}
      </Field>
      <Field
        label={t`End`}
        hint={
          isClosed
            ? t`A later time, or none, opens the poll again.`
            : t`Without a time it stays open until you close it.`
        }
        error={
          isSkippedByClocks(form.closesAt)
            ? t`There is no such time on that day: the clocks are put forward then.`
            : errorAt(i18n, error, 'closesAt')
        }
      >
        {(control) => (
          <input
            {...control}
            type="datetime-local"
            value={form.closesAt}
            onChange={(event) => set({ closesAt: event.target.value })}
            className={inputClass}
          />
        )}
      </Field>
    </>
  );
}

function Refusal({ error }: { error: Error }) {
  const { i18n } = useLingui();
  return (
    <Notice>
      {isCode(error, 'conflict') ? (
        <Trans>
          Somebody has voted meanwhile: title, options, tags and rules can no longer change.
        </Trans>
      ) : (
        sentenceOf(i18n, error)
      )}
    </Notice>
  );
}
