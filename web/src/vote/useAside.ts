/**
 * What a poll needs only once it was voted on, refused or closed. It is fetched as soon as
 * the first form is there, so that it is at hand before anybody has chosen.
 */
import { useEffect, useState } from 'react';
import { ApiError } from '~/api/error';
import { persistently } from '~/api/retry';
import { openCatalogue } from '~/i18n/i18n';
import type { aside } from './aside';

type Aside = typeof aside;

let here: Aside | null = null;

/** Called by the module itself: a screen that brings it along has it at once. */
export function asideIsHere(parts: Aside): void {
  here = parts;
}

async function fetchAside(): Promise<void> {
  try {
    await import('./aside');
    await openCatalogue('vote'); // after it: nothing is to come before the first poll is seen
  } catch (cause) {
    throw ApiError.ofNetwork(cause);
  }
}

/** null: not here yet. */
export function useAside(): Aside | null {
  const [, redraw] = useState(here);
  useEffect(() => {
    if (here !== null) return;
    const show = () => redraw(here);
    persistently(fetchAside, () => {}).then(show, show);
  }, []);
  return here;
}
