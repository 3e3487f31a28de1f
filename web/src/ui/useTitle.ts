/** Names the document: in the browser's tab, its history, and for screen readers. */
import { useEffect } from 'react';

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Pollux' : `${title} · Pollux`;
  }, [title]);
}
