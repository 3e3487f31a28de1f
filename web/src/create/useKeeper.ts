/** Keeps what is in the form as the draft of this browser. */
import { useEffect, useState } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { type Draft, DraftKeeper } from './draft';

/** @param isAnother nothing that was tried before was this draft */
export function useKeeper(form: UseFormReturn<Draft>, isAnother: boolean): DraftKeeper {
  const [keeper] = useState(() => {
    const made = new DraftKeeper();
    if (isAnother) made.attempts.forget();
    return made;
  });

  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: () => keeper.note(form.getValues()),
      }),
    [form, keeper],
  );

  useEffect(() => {
    window.addEventListener('pagehide', keeper.flush);
    document.addEventListener('visibilitychange', keeper.flush);
    return () => {
      window.removeEventListener('pagehide', keeper.flush);
      document.removeEventListener('visibilitychange', keeper.flush);
      keeper.flush();
    };
  }, [keeper]);

  return keeper;
}
