/** What may be changed about an account. E-mail and password ask for the current password. */
import { useLingui } from '@lingui/react/macro';
import { useQueryClient } from '@tanstack/react-query';
import { api, data, type Schemas } from '~/api/client';
import { useServices } from '~/services';
import { meQuery } from '~/session/session';
import type { DetailEnd } from './Detail';
import { FormFrame } from './FormFrame';
import { PasswordInput, TextInput } from './Inputs';
import { isEmail, isNeeded, isPassword, isUsername } from './rules';
import { type Form, useForm } from './useForm';

type Change = Partial<Schemas['Registration']> & { currentPassword?: string };

function useChange() {
  const client = useQueryClient();
  const { session } = useServices();
  return async (body: Change) => {
    await data(api.PATCH('/api/users/me', { body }));
    // a new password ends every older session, the live connection's too
    if (body.password !== undefined) await session.changed();
    else await client.invalidateQueries(meQuery);
  };
}

interface SaveFrameProps<N extends string> {
  form: Form<N>;
  onCancel: () => void;
  children: React.ReactNode;
}

function SaveFrame<N extends string>({ form, onCancel, children }: SaveFrameProps<N>) {
  const { t } = useLingui();
  return (
    <FormFrame
      form={form}
      action={t`Save`}
      cancel={{ label: t`Cancel`, onClick: onCancel }}
    >
      {children}
    </FormFrame>
  );
}

export function UsernameForm({
  username,
  onSaved,
  onCancel,
}: DetailEnd & { username: string }) {
  const { t } = useLingui();
  const change = useChange();
  const form = useForm({
    rules: { username: isUsername },
    initial: { username },
    send: (values) => change(values).then(onSaved),
  });
  return (
    <SaveFrame form={form} onCancel={onCancel}>
      <TextInput
        label={t`New username`}
        field={form.field('username')}
        autoComplete="nickname"
      />
    </SaveFrame>
  );
}

export function EmailForm({ onSaved, onCancel }: DetailEnd) {
  const { t } = useLingui();
  const change = useChange();
  const form = useForm({
    rules: { email: isEmail, currentPassword: isNeeded },
    proof: 'currentPassword',
    send: (values) => change(values).then(onSaved),
  });
  return (
    <SaveFrame form={form} onCancel={onCancel}>
      <TextInput
        label={t`New e-mail address`}
        field={form.field('email')}
        type="email"
        autoComplete="email"
      />
      <PasswordInput
        label={t`Current password`}
        field={form.field('currentPassword')}
        autoComplete="current-password"
      />
    </SaveFrame>
  );
}

export function PasswordForm({ email, onSaved, onCancel }: DetailEnd & { email: string }) {
  const { t } = useLingui();
  const change = useChange();
  const form = useForm({
    rules: { currentPassword: isNeeded, password: isPassword },
    proof: 'currentPassword',
    send: (values) => change(values).then(onSaved),
  });
  return (
    <SaveFrame form={form} onCancel={onCancel}>
      {/* tells password managers whose password changes */}
      <input type="hidden" name="email" autoComplete="username" value={email} />
      <PasswordInput
        label={t`Current password`}
        field={form.field('currentPassword')}
        autoComplete="current-password"
      />
      <PasswordInput
        label={t`New password`}
        hint={t`8 characters or more. Other devices are signed out.`}
        field={form.field('password')}
        autoComplete="new-password"
      />
    </SaveFrame>
  );
}
