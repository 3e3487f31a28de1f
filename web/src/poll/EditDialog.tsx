/** What an owner may still change: its words and end always, the rest until there are votes. */
import { Trans, useLingui } from '@lingui/react/macro';
import { type SubmitEvent, useState } from 'react';
import type { Poll } from '~/api/client';
import { isCode } from '~/api/error';
import { sentenceOf } from '~/api/sentence';
import { Button } from '~/ui/Button';
import { Dialog } from '~/ui/Dialog';
import { Field, inputClass } from '~/ui/Field';
import { Notice } from '~/ui/Notice';
import { useChangePoll } from './actions';
import { changeOf, errorAt, formOf, type PollForm } from './edit';
import { FreeFields } from './FreeFields';

interface EditDialogProps {
  poll: Poll;
  status: Poll['status'];
  hasVotes: boolean;
  onClose: () => void;
}

export function EditDialog({ poll, status, hasVotes, onClose }: EditDialogProps) {
  const { t } = useLingui();
  const [form, setForm] = useState(() => formOf(poll));
  const { mutate, isPending, error } = useChangePoll(poll.id);
  const set = (part: Partial<PollForm>) => setForm({ ...form, ...part });
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    const change = changeOf(poll, form);
    if (Object.keys(change).length === 0) onClose();
    else mutate(change, { onSuccess: onClose });
  };
  return (
    <Dialog title={t`Edit the poll`} onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-4">
        {hasVotes ? <Frozen /> : <FreeFields form={form} set={set} error={error} />}
        <LastingFields form={form} set={set} error={error} isClosed={status === 'closed'} />
        {error !== null && <Refusal error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button kind="primary" type="submit" disabled={isPending}>
            <Trans>Save</Trans>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Frozen() {
  return (
    <p className="text-sm text-quiet">
      <Trans>People have voted: title, options and rules stay as they are.</Trans>
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
        error={errorAt(i18n, error, 'closesAt')}
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
          Somebody has voted meanwhile: title, options and rules can no longer change.
        </Trans>
      ) : (
        sentenceOf(i18n, error)
      )}
    </Notice>
  );
}
