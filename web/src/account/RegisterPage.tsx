import { useLingui } from '@lingui/react/macro';
import { api, data } from '~/api/client';
import { useServices } from '~/services';
import { Door } from './Door';
import { FormFrame } from './FormFrame';
import { PasswordInput, TextInput } from './Inputs';
import { isEmail, isPassword, isUsername } from './rules';
import { useForm } from './useForm';

const RULES = { username: isUsername, email: isEmail, password: isPassword };

export function RegisterPage() {
  const { t } = useLingui();
  return (
    <Door
      title={t`Create an account`}
      question={t`Already have an account?`}
      otherPath="/sign-in"
      other={t`Sign in`}
    >
      <RegisterForm />
    </Door>
  );
}

function RegisterForm() {
  const { t } = useLingui();
  const { session } = useServices();
  const form = useForm({
    rules: RULES,
    send: async (body) => {
      await data(api.POST('/api/auth/register', { body }));
      await session.changed();
    },
  });
  return (
    <FormFrame form={form} action={t`Create an account`}>
      {/* "nickname": a password manager is to keep the e-mail address, which signs in */}
      <TextInput
        label={t`Username`}
        hint={t`Everybody sees it beside your polls.`}
        field={form.field('username')}
        autoComplete="nickname"
      />
      <TextInput
        label={t`E-mail address`}
        hint={t`For signing in. Nobody else sees it.`}
        field={form.field('email')}
        type="email"
        autoComplete="email"
      />
      <PasswordInput
        label={t`Password`}
        hint={t`8 characters or more; a few words make a good one.`}
        field={form.field('password')}
        autoComplete="new-password"
      />
    </FormFrame>
  );
}
