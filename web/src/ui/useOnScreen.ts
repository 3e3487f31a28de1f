/** Is an element on the screen? Only what is there needs to be kept up to date. */
import { type RefObject, useEffect, useRef, useState } from 'react';

export function useOnScreen<T extends Element>(): [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null);
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      setOn(entries.at(-1)?.isIntersecting ?? false);
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return [ref, isOn];
}
