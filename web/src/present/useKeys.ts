/** Keys of the stage. Nobody types here, so single letters do. */
import { useLayoutEffect, useRef } from 'react';

export type Keys = Readonly<Record<string, () => void>>;

/** A key's name in a table of keys: letters without regard to case. */
function nameOf(event: KeyboardEvent): string {
  return event.key === ' ' ? 'space' : event.key.toLowerCase();
}

/** Space and Enter press the button that has the focus. */
function isForControl(event: KeyboardEvent): boolean {
  const isPress = event.key === ' ' || event.key === 'Enter';
  return (
    isPress && event.target instanceof Element && event.target.closest('button, a') !== null
  );
}

function isOurs(event: KeyboardEvent): boolean {
  const isChord = event.ctrlKey || event.altKey || event.metaKey;
  if (isChord || event.repeat || event.defaultPrevented || isForControl(event))
    return false;
  return document.querySelector('dialog[open]') === null;
}

/** From the moment on that what they act on is there: the eye may be quicker than an effect. */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  useLayoutEffect(() => {
    current.current = keys;
  });
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const action = isOurs(event) ? current.current[nameOf(event)] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
