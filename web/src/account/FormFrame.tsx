/** What is around the fields of a form: what the server said, and the button that sends it. */
import type { ReactNode } from 'react';
import { Button } from '~/ui/Button';
import { Notice } from '~/ui/Notice';
import type { Form } from './useForm';

interface FormFrameProps<N extends string> {
  form: Form<N>;
  /** On the button. */
  action: string;
  danger?: boolean;
  /** Beside the button. */
  aside?: ReactNode;
  children: ReactNode;
}

export function FormFrame<N extends string>(props: FormFrameProps<N>) {
  const { form, action, danger = false, aside, children } = props;
  return (
    <form
      ref={form.ref}
      noValidate
      onSubmit={form.onSubmit}
      aria-busy={form.isBusy}
      className="flex flex-col gap-4"
    >
      {children}
      {form.notice !== null && <Notice>{form.notice}</Notice>}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          kind={danger ? 'danger' : 'primary'}
          aria-disabled={form.isBusy}
          className={form.isBusy ? 'opacity-60' : ''}
        >
          {action}
        </Button>
        {aside}
      </div>
    </form>
  );
}
