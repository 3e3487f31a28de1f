/** The focus, at once: what is typed next must not land in the field before. */
import type { Path } from 'react-hook-form';
import type { Draft } from './draft';

export function focusField(name: Path<Draft>): void {
  document.getElementsByName(name)[0]?.focus();
}

/** A field, or what is chosen in a group. */
export function focusFirstFault(form: HTMLElement | null): void {
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong]');
  (wrong?.querySelector<HTMLElement>('input:checked') ?? wrong)?.focus();
}
