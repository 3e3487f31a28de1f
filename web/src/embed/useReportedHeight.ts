/** Tells the host page how high the widget would like to be; it may fit the frame to that. */
import { useCallback, useRef } from 'react';

/** For the element whose height it is. */
export function useReportedHeight(id: number): (element: HTMLElement) => () => void {
  const last = useRef(0);
  return useCallback(
    (element) => {
      if (window.parent === window) return () => {};
      const observer = new ResizeObserver(() => {
        const height = Math.ceil(element.getBoundingClientRect().height);
        if (height === last.current) return;
        last.current = height;
        // to whoever the host is: there is nothing secret in it
        window.parent.postMessage({ type: 'pollux:height', id, height }, '*');
      });
      observer.observe(element);
      return () => observer.disconnect();
    },
    [id],
  );
}
