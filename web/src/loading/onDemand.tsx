/** A screen whose code and words are fetched when it is first opened. */
import { type ComponentType, lazy } from 'react';
import { openCatalogue } from '~/i18n/i18n';
import { soonAfterFirstSight } from './firstSight';
import { fetchCode } from './newBuild';

type Load<Props> = () => Promise<ComponentType<Props>>;

async function screenOf<Props>(folder: string, load: Load<Props>) {
  const [screen] = await Promise.all([load(), openCatalogue(folder)]);
  return { default: screen };
}

export function onDemand<Props = object>(folder: string, load: Load<Props>) {
  return lazy(() => fetchCode(() => screenOf(folder, load)));
}

/** What the page is of use without: it waits until there is something to be seen. */
export function onDemandLater<Props = object>(
  folder: string,
  load: Load<Props>,
  wait = soonAfterFirstSight,
) {
  return lazy(() => wait(() => fetchCode(() => screenOf(folder, load))));
}
