/** A sentence that has to be seen: why something did not work, or that it did. */
import type { ReactNode } from 'react';

const KINDS = {
  bad: 'border-bad text-bad',
  warn: 'border-warn text-warn',
  good: 'border-good text-good',
};

export function Notice({
  kind = 'bad',
  children,
}: {
  kind?: keyof typeof KINDS;
  children: ReactNode;
}) {
  return (
    <p
      role={kind === 'good' ? 'status' : 'alert'}
      className={`rounded-xl border-s-4 bg-sunken px-4 py-3 font-medium ${KINDS[kind]}`}
    >
      {children}
    </p>
  );
}
