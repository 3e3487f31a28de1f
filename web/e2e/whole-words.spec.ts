/** On the wall no word is broken where a smaller size fits, whatever the names and the screen. */
import type { Page } from '@playwright/test';
import { expect, test } from './lib/test';

const NAMES = {
  English: [
    'United Kingdom',
    'Netherlands',
    'Switzerland',
    'Liechtenstein',
    'Luxembourg',
    'Bosnia and Herzegovina',
    'Kyrgyzstan',
    'Turkmenistan',
    'Wolverhampton',
    'Middlesbrough',
    'Trinidad and Tobago',
    'Newcastle upon Tyne',
    'Afghanistan',
    'Mozambique',
    'Philadelphia',
    'Czechia',
    'Northern Macedonia',
    'Stratford-upon-Avon',
    'Burkina Faso',
    'Cambodia',
  ],
  German: [
    'Deutschland',
    'Österreich',
    'Vereinigte Staaten',
    'Großbritannien',
    'Niederlande',
    'Aserbaidschan',
    'Weißrussland',
    'Mönchengladbach',
    'Recklinghausen',
    'Saarbrücken',
    'Gelsenkirchen',
    'Kaiserslautern',
    'Südafrika',
    'Dominikanische Republik',
    'Usbekistan',
    'Garmisch-Partenkirchen',
    'Elfenbeinküste',
    'Liechtenstein',
    'Wolfenbüttel',
    'Griechenland',
  ],
  French: [
    'Royaume-Uni',
    'Luxembourg',
    'Papouasie-Nouvelle-Guinée',
    'Azerbaïdjan',
    'Montpellier',
    'Clermont-Ferrand',
    'Villeurbanne',
    'Strasbourg',
    'Aix-en-Provence',
    'Ouzbékistan',
    'Kirghizistan',
    'Fontainebleau',
    'Valenciennes',
    'Afrique du Sud',
    'Turkménistan',
    'Saint-Étienne',
    'Bosnie-Herzégovine',
    'Perpignan',
    'Carcassonne',
    'Liechtenstein',
  ],
  Finnish: [
    'Yhdysvallat',
    'Iso-Britannia',
    'Liechtenstein',
    'Dominikaaninen tasavalta',
    'Azerbaidžan',
    'Etelä-Afrikka',
    'Keski-Afrikan tasavalta',
    'Lappeenranta',
    'Hämeenlinna',
    'Valkeakoski',
    'Kirkkonummi',
    'Päiväntasaajan Guinea',
    'Uusikaarlepyy',
    'Pohjois-Makedonia',
    'Sastamala',
    'Jyväskylä',
    'Yhdistyneet arabiemiirikunnat',
    'Arabiemiraatit',
    'Rovaniemi',
    'Savonlinna',
  ],
  Greek: [
    'Ηνωμένο Βασίλειο',
    'Λουξεμβούργο',
    'Λιχτενστάιν',
    'Αζερμπαϊτζάν',
    'Θεσσαλονίκη',
    'Αλεξανδρούπολη',
    'Τουρκμενιστάν',
    'Ουζμπεκιστάν',
    'Κιργιζία',
    'Μεσολόγγι',
    'Ελλάδα',
    'Γερμανία',
    'Κωνσταντινούπολη',
    'Ηράκλειο',
    'Νότια Αφρική',
    'Παπούα Νέα Γουινέα',
    'Ερμούπολη',
    'Μυτιλήνη',
    'Ιωάννινα',
    'Καλαμάτα',
  ],
};
const SCREENS = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
  { width: 1024, height: 768 },
  { width: 768, height: 1024 },
];

/** Each word that stands on more than one line, but for a hyphen's. */
const broken = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('h1, li .mixed-text')].flatMap((box) => {
      const text = box.firstChild;
      if (!(text instanceof Text)) return [`no text: ${box.textContent}`];
      return [...text.data.matchAll(/[^\s-]+/g)].flatMap(({ 0: word, index }) => {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        return tops.size > 1 ? [word] : [];
      });
    }),
  );

/** What is cut off, or cannot be reached. */
const cut = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('h1, main ul, main ul > li')]
      .filter((box) => box.scrollWidth > box.clientWidth + 1)
      .map((box) => box.textContent),
  );

for (const [language, names] of Object.entries(NAMES)) {
  test(`${language}: 2 to 20 names on four screens`, async ({ server, ada, page }) => {
    for (const n of [2, 8, 20]) {
      const poll = await server.api.create_poll(ada.token, {
        title: `${names[3]}, ${names[4]}?`,
        options: names.slice(0, n),
      });
      for (const screen of SCREENS) {
        await page.setViewportSize(screen);
        for (const search of ['', '?revealed']) {
          await page.goto(`/present/${poll.id}${search}`);
          await expect(page.getByRole('listitem')).toHaveCount(n);
          const where = `${n} at ${screen.width}x${screen.height}${search}`;
          expect(await broken(page), where).toEqual([]);
          expect(await cut(page), where).toEqual([]);
        }
      }
    }
  });
}

test('the words have the room of the figures until there are any', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token);
  const room = () =>
    page.evaluate(() => {
      const item = document.querySelector('main li') as HTMLElement;
      const words = item.querySelector('.mixed-text')?.parentElement as HTMLElement;
      return words.getBoundingClientRect().width / item.getBoundingClientRect().width;
    });
  await page.goto(`/present/${poll.id}`);
  await expect(page.getByRole('listitem')).toHaveCount(3);
  expect(await room()).toBeGreaterThan(0.9);
  await page.goto(`/present/${poll.id}?revealed`);
  await expect(page.getByText('0%').first()).toBeVisible();
  expect(await room()).toBeLessThan(0.9);
});

test('a compound that no size fits is hyphenated, in the language of the poll', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token, {
    title: 'Welches Wort ist das längste?',
    options: ['Rinderkennzeichnungsverordnung', 'x'.repeat(100)],
  });
  await page.goto(`/present/${poll.id}`);
  await expect(page.getByRole('listitem')).toHaveCount(2);
  await expect(page.locator('[lang="de"]')).toContainText('Welches Wort');
  const style = await page
    .locator('main ul')
    .evaluate((box) => [getComputedStyle(box).hyphens, getComputedStyle(box).overflowWrap]);
  expect(style[0]).toBe('auto');
  expect(await cut(page)).toEqual([]);
});
