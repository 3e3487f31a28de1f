/**
 * A value that waits while a pointer is pressed. Pressing a button takes the focus from a
 * field, whose fault then moves all that is below: away from under the pointer.
 */
import { useEffect, useRef, useState } from 'react';

/** A tap's click comes shortly after the finger has left. */
const SETTLE_MS = 80;

export function useUnpressed<T>(value: T): T {
  const latest = useRef(value);
  const [held, setHeld] = useState<{ value: T } | null>(null);

  useEffect(() => {
    latest.current = value;
  });

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new AbortController();
    const press = () => {
      clearTimeout(timer);
      setHeld({ value: latest.current });
    };
    const release = () => {
      timer = setTimeout(() => setHeld(null), SETTLE_MS);
    };
    const options = { capture: true, signal: over.signal };
    window.addEventListener('pointerdown', press, options);
    window.addEventListener('pointerup', release, options);
    window.addEventListener('pointercancel', release, options);
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, []);

  return held === null ? value : held.value;
}
