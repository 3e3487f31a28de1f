import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { api, data } from '~/api/client';
import { useServices } from '~/services';
import { Door } from './Door';
import { FormFrame } from './FormFrame';
import { PasswordInput, TextInput } from './Inputs';
import { isEmail, isNeeded } from './rules';
import { useForm } from './useForm';

const RULES = { email: isEmail, password: isNeeded };
const WORDS = { unauthorized: msg`The e-mail address or the password is wrong.` };

export function SignInPage() {
  const { t } = useLingui();
  return (
    <Door
      title={t`Sign in`}
      question={t`New here?`}
      otherPath="/register"
      other={t`Create an account`}
    >
      <SignInForm />
    </Door>
  );
}

function SignInForm() {
  const { t } = useLingui();
  const { session } = useServices();
  const form = useForm({
    rules: RULES,
    words: WORDS,
    send: async (body) => {
      await data(api.POST('/api/auth/login', { body }));
      await session.changed();
    },
  });
  return (
    <FormFrame form={form} action={t`Sign in`}>
      {/* "username": for a password manager this is the account's name */}
      <TextInput
        label={t`E-mail address`}
        field={form.field('email')}
        type="email"
        autoComplete="username"
      />
      <PasswordInput
        label={t`Password`}
        field={form.field('password')}
        autoComplete="current-password"
      />
    </FormFrame>
  );
}
