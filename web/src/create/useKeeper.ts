/** Keeps what is in the form as the draft of this browser. */
import { useEffect, useState } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { type Draft, DraftKeeper } from './draft';

export function useKeeper(form: UseFormReturn<Draft>): DraftKeeper {
  const [keeper] = useState(() => new DraftKeeper());

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
