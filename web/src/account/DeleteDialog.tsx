/** The last question before an account goes: what goes with it, and what stays. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { api, data } from '~/api/client';
import { useServices } from '~/services';
import { Dialog } from '~/ui/Dialog';
import { FormFrame } from './FormFrame';
import { PasswordInput } from './Inputs';
import { isNeeded, type Rule } from './rules';
import { useForm } from './useForm';

interface DeleteDialogProps {
  isGuest: boolean;
  onDeleted: () => void;
  onClose: () => void;
}

const USER_RULES: Record<string, Rule> = { password: isNeeded };
/** A guest has no password: the cookie is all that there is. */
const GUEST_RULES: Record<string, Rule> = {};

export function DeleteDialog({ isGuest, onDeleted, onClose }: DeleteDialogProps) {
  const { t } = useLingui();
  const { session } = useServices();
  const [deletePolls, setDeletePolls] = useState(false);
  const form = useForm({
    rules: isGuest ? GUEST_RULES : USER_RULES,
    proof: 'password',
    send: async (body) => {
      await data(
        api.DELETE('/api/users/me', {
          body: { ...body, ...(deletePolls && { deletePolls }) },
        }),
      );
      onDeleted();
      await session.signOut();
    },
  });
  return (
    <Dialog
      title={isGuest ? t`Forget this guest?` : t`Delete your account?`}
      onClose={onClose}
    >
      <div className="flex flex-col gap-4">
        <p>
          <Trans>
            Votes stay counted, and are no longer linked to you. This cannot be undone.
          </Trans>
        </p>
        {!isGuest && (
          <p>
            <Trans>
              Your polls stay too, without your name, and nobody can close or delete them
              then: unless they go with your account.
            </Trans>
          </p>
        )}
        <FormFrame
          form={form}
          danger
          action={isGuest ? t`Forget me` : t`Delete for good`}
          cancel={{ label: t`Keep it`, onClick: onClose }}
        >
          {!isGuest && (
            <label className="flex min-h-11 items-center gap-3">
              <input
                type="checkbox"
                checked={deletePolls}
                onChange={(event) => setDeletePolls(event.target.checked)}
                className="size-5 shrink-0 accent-accent"
              />
              {t`Delete my polls too, with all of their votes`}
            </label>
          )}
          {!isGuest && (
            <PasswordInput
              label={t`Your password`}
              field={form.field('password')}
              autoComplete="current-password"
            />
          )}
        </FormFrame>
      </div>
    </Dialog>
  );
}
