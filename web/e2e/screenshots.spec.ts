/**
 * docs/images: what the README shows. They are made anew when somebody asks for it, since
 * no two machines draw the same pixels; that every one of them exists is always tested.
 */
import fs from 'node:fs';
import path from 'node:path';
import { open, SCREENS, type Screen, type Seed, seed } from './lib/screens';
import { expect, signIn, test } from './lib/test';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/images');
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const WIDE = ['present', 'leaderboard', 'new'];

test.use({ refusals: [/status of 40[14]/] });

function fileOf(screen: Screen, theme: string): string {
  return path.join(FOLDER, `${screen.name}-${theme}.png`);
}

test.describe('made anew', () => {
  test.skip(process.env.SCREENSHOTS !== 'yes', 'SCREENSHOTS=yes makes them');
  let seeded: Seed;
  test.beforeAll(async ({ server }) => {
    seeded = await seed(server, 'ada');
  });
  for (const screen of SCREENS)
    for (const theme of ['light', 'dark'] as const)
      test(`${screen.name}, ${theme}`, async ({ server, context, page }) => {
        if (screen.as === 'ada') await signIn(context, server, seeded.ada);
        await page.setViewportSize(WIDE.includes(screen.name) ? DESKTOP : PHONE);
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await open(page, screen, seeded, theme);
        await page.screenshot({ path: fileOf(screen, theme) });
      });
});

test('there is a picture of every screen, in both themes, and of nothing else', () => {
  const wanted = SCREENS.flatMap((screen) => [
    fileOf(screen, 'light'),
    fileOf(screen, 'dark'),
  ]);
  const there = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.png'));
  expect(there.map((name) => path.join(FOLDER, name)).sort()).toEqual(wanted.sort());
});

test('the pictures that the README shows exist', () => {
  const readme = fs.readFileSync(path.join(FOLDER, '../../README.md'), 'utf8');
  const shown = [...readme.matchAll(/docs\/images\/[\w-]+\.png/g)].map(([name]) => name);
  expect(shown.length).toBeGreaterThan(2);
  for (const name of shown)
    expect(fs.existsSync(path.join(FOLDER, '../..', name)), name).toBe(true);
});
