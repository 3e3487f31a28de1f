/** A screen whose code and words are fetched when it is first opened. */
import { type ComponentType, lazy } from 'react';
import { openCatalogue } from '~/i18n/i18n';
import { fetchCode } from './newBuild';

export function onDemand<Props = object>(
  folder: string,
  load: () => Promise<ComponentType<Props>>,
  tries?: number,
) {
  return lazy(async () => {
    const both = () => Promise.all([load(), openCatalogue(folder)]);
    const [screen] = await fetchCode(both, tries);
    return { default: screen };
  });
}

/** What the page is of use without: it may come late, and never takes the page down. */
export function onDemandLater<Props = object>(
  folder: string,
  load: () => Promise<ComponentType<Props>>,
) {
  return onDemand(folder, load, Number.POSITIVE_INFINITY);
}
