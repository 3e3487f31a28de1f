/** What is around the fields of a form: what the server said, and the button that sends it. */
import type { MouseEvent, ReactNode } from 'react';
import { Button } from '~/ui/Button';
import { Notice } from '~/ui/Notice';
import type { Form } from './useForm';

interface FormFrameProps<N extends string> {
  form: Form<N>;
  /** On the button. */
  action: string;
  danger?: boolean;
  cancel?: { label: string; onClick: () => void };
  children: ReactNode;
}

export function FormFrame<N extends string>(props: FormFrameProps<N>) {
  const { form, action, danger = false, cancel, children } = props;
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
          onMouseDown={keepFocus}
        >
          {action}
        </Button>
        {cancel && (
          <Button kind="quiet" onClick={cancel.onClick} onMouseDown={keepFocus}>
            {cancel.label}
          </Button>
        )}
      </div>
    </form>
  );
}

/** What is said about a field that is left would move the button away from the pointer. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
