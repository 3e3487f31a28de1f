/** Every screen: usable by everybody, in both themes and languages, also on a small phone. */
import AxeBuilder from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { open, SCREENS, type Screen, type Seed, seed, type Theme } from './lib/screens';
import { expect, type Server, signIn, test } from './lib/test';

// Who is nobody yet asks who they are, and a page that is not there is a 404: the browser
// reports both.
test.use({ refusals: [/status of 40[14]/] });

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
let seeded: Seed;
test.beforeAll(async ({ server }) => {
  seeded = await seed(server);
});

async function openAs(
  screen: Screen,
  context: BrowserContext,
  page: Page,
  server: Server,
  theme: Theme = 'light',
): Promise<void> {
  if (screen.as === 'ada') await signIn(context, server, seeded.ada);
  await open(page, screen, seeded, theme);
}

for (const screen of SCREENS) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${screen.name}: no violation of accessibility, ${colorScheme}`, async ({
      server,
      context,
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await openAs(screen, context, page, server, colorScheme);
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      const found = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`,
      );
      expect(found).toEqual([]);
    });
  }

  for (const locale of ['en-US', 'de-DE']) {
    test(`${screen.name}: fits into 320 px, ${locale}`, async ({ server, browser }) => {
      const context = await browser.newContext({
        baseURL: server.url,
        locale,
        viewport: { width: 320, height: 568 },
      });
      const page = await context.newPage();
      await openAs(screen, context, page, server);
      const { wide, lang } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        lang: document.documentElement.lang,
      }));
      expect(wide).toBeLessThanOrEqual(320);
      expect(lang).toBe(locale.slice(0, 2));
      await context.close();
    });
  }
}
