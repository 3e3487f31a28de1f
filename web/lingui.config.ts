import fs from 'node:fs';
import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

/** script/check-web collects into a copy, and compares. */
const catalogues = process.env.CATALOGUES ?? 'src';

const folders = fs
  .readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['test', 'i18n', 'lib'].includes(entry.name));

/** What useAside fetches: its words are not those of the first screen. */
const ASIDE = ['NeedsAccount', 'NotOpenYet', 'Outcome', 'VoteNotice'].map(
  (name) => `src/vote/${name}.tsx`,
);

/** A catalogue a folder, so that a screen that is loaded on demand brings its own words. */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'de'],
  catalogs: [
    ...folders.map(({ name }) => ({
      path: `${catalogues}/${name}/locales/{locale}`,
      include: [`src/${name}/`],
      exclude: ASIDE,
    })),
    { path: `${catalogues}/vote/locales/aside/{locale}`, include: ASIDE },
  ],
  /** What the macros import: a Trans that never reads a value as elements. */
  runtimeConfigModule: { Trans: ['~/i18n/Trans', 'Trans'] },
  format: formatter({ lineNumbers: false }),
});
