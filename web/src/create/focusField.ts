/** The focus, at once: what is typed next must not land in the field before. */
import type { Path } from 'react-hook-form';
import type { Draft } from './draft';

export function focusField(name: Path<Draft>): void {
  document.getElementsByName(name)[0]?.focus();
}
