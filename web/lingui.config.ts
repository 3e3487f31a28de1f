import fs from 'node:fs';
import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

/** script/check-web collects into a copy, and compares. */
const catalogues = process.env.CATALOGUES ?? 'src';

const folders = fs
  .readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['test', 'i18n', 'lib'].includes(entry.name));

/** A catalogue a folder, so that a screen that is loaded on demand brings its own words. */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'de'],
  catalogs: folders.map(({ name }) => ({
    path: `${catalogues}/${name}/locales/{locale}`,
    include: [`src/${name}/`],
  })),
  format: formatter({ lineNumbers: false }),
});
