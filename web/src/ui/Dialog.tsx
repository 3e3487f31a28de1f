/** The browser's own dialog: it keeps the focus, closes on Escape, and tells screen readers. */
import { useLingui } from '@lingui/react/macro';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { IconButton } from './Button';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** Shown while it is there: whoever shows it keeps whether. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { t } = useLingui();
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // before it leaves the document: only then the focus goes back to where it was
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={ref}
      aria-labelledby={heading}
      onClose={() => ref.current?.open || onClose()} // shown again: StrictMode
      className="w-[min(32rem,calc(100vw-2rem))] rounded-2xl bg-card p-5 shadow-card backdrop:bg-black/50"
    >
      <div className="mb-3 flex items-center justify-between gap-2">
        <h2 id={heading} className="text-lg font-semibold">
          {title}
        </h2>
        <IconButton icon="close" label={t`Close`} onClick={onClose} />
      </div>
      {children}
    </dialog>
  );
}
