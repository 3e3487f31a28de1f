/** One line about somebody, which opens to be changed. */
import { Trans, useLingui } from '@lingui/react/macro';
import { type ReactNode, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { buttonClass } from '~/ui/Button';

export interface DetailEnd {
  onSaved: () => void;
  onCancel: () => void;
}

interface DetailProps {
  label: string;
  value: string | null;
  /** The form, while it is open. */
  children: (end: DetailEnd) => ReactNode;
}

export function Detail({ label, value, children }: DetailProps) {
  const { t } = useLingui();
  const [state, setState] = useState<'idle' | 'open' | 'saved'>('idle');
  const button = useRef<HTMLButtonElement>(null);
  const form = useId();
  const isOpen = state === 'open';

  /** The form goes, with the focus in it: that returns to where it came from. */
  const close = (next: 'idle' | 'saved') => {
    flushSync(() => setState(next));
    button.current?.focus();
  };

  return (
    <div className="flex flex-col gap-3 border-line not-first:border-t not-first:pt-4">
      <div className="flex items-center gap-3">
        <div className="min-w-0 grow">
          <p className="text-sm text-quiet">{label}</p>
          <p>
            <bdi>{value}</bdi>
          </p>
          <p role="status" className="text-sm font-medium text-good">
            {state === 'saved' && <Trans>Saved.</Trans>}
          </p>
        </div>
        <button
          ref={button}
          type="button"
          aria-label={t`Change: ${label}`}
          aria-expanded={isOpen}
          aria-controls={isOpen ? form : undefined}
          onClick={() => setState(isOpen ? 'idle' : 'open')}
          className={buttonClass('plain', 'shrink-0')}
        >
          <Trans>Change</Trans>
        </button>
      </div>
      {isOpen && (
        <div id={form}>
          {children({ onSaved: () => close('saved'), onCancel: () => close('idle') })}
        </div>
      )}
    </div>
  );
}
