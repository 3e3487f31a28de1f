/** A new screen begins at its top; one that the reader goes back to, where they left it. */
import { useEffect, useRef } from 'react';

export function useScrollToTop(path: string): void {
  const wentBack = useRef(false);
  const last = useRef(path);
  useEffect(() => {
    const onPop = () => {
      wentBack.current = true;
    };
    window.addEventListener('popstate', onPop);
    return () => window.removeEventListener('popstate', onPop);
  }, []);
  useEffect(() => {
    if (path !== last.current && !wentBack.current) window.scrollTo(0, 0);
    last.current = path;
    wentBack.current = false;
  }, [path]);
}
