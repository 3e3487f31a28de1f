/** A screen whose code and words are fetched when it is first opened. */
import { type ComponentType, lazy } from 'react';
import { openCatalogue } from '~/i18n/i18n';
import { fetchCode } from './newBuild';

export function onDemand<Props = object>(
  folder: string,
  load: () => Promise<ComponentType<Props>>,
) {
  return lazy(async () => {
    const [screen] = await fetchCode(() => Promise.all([load(), openCatalogue(folder)]));
    return { default: screen };
  });
}
