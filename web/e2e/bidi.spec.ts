/** Polls in a language that is written from right to left, on a page that is not. */
import type { Locator } from '@playwright/test';
import { card, expectReading, openFeed } from './lib/feed';
import { castVote } from './lib/steps';
import { type Account, barOf, expect, type Server, signIn, test } from './lib/test';

const TITLE = 'איזו שפה הכי טובה?';
const DESCRIPTION = 'לפרויקט הבא שלנו, ועוד הרבה שנים.';
const OPTIONS = ['עברית', 'Klingon', 'ערבית'];
const [HEBREW = '', LATIN = ''] = OPTIONS;

function ask(server: Server, ada: Account) {
  return server.api.create_poll(ada.token, {
    title: TITLE,
    description: DESCRIPTION,
    options: OPTIONS,
    voteChange: true,
  });
}

function directionOf(element: Locator): Promise<string> {
  return element.evaluate((e) => getComputedStyle(e).direction);
}

async function leftOf(element: Locator): Promise<number> {
  return (await element.boundingBox())?.x ?? Number.NaN;
}

/** Where the words of an element begin and end: it may be wider than they are. */
function wordsOf(element: Locator): Promise<{ left: number; right: number }> {
  return element.evaluate((e) => {
    const range = document.createRange();
    range.selectNodeContents(e);
    const { left, right } = range.getBoundingClientRect();
    return { left, right };
  });
}

/** All rows alike: their words begin at the right, also those that run the other way. */
async function expectRowsFromTheRight(within: Locator): Promise<void> {
  for (const text of [HEBREW, LATIN]) {
    const radio = within.getByRole('radio', { name: text });
    expect(await directionOf(radio), text).toBe('rtl');
    const words = await wordsOf(within.getByText(text, { exact: true }));
    expect(await leftOf(radio), text).toBeGreaterThan(words.right);
    expect((await leftOf(radio)) - words.right, text).toBeLessThan(30);
  }
}

test('a Hebrew poll reads from the right in the feed', async ({ server, ada, page }) => {
  await ask(server, ada);
  await openFeed(page, '/');
  await expectReading(page, TITLE);
  const poll = card(page, TITLE);
  const heading = poll.getByRole('heading', { name: TITLE });
  expect(await directionOf(heading)).toBe('rtl');
  expect(await directionOf(poll.getByText(DESCRIPTION))).toBe('rtl');
  expect((await wordsOf(heading)).right).toBeGreaterThan(340); // of 390
  await expectRowsFromTheRight(poll);

  const skip = poll.getByRole('button', { name: 'Skip' });
  expect(await directionOf(skip)).toBe('ltr'); // the page's own words are English
  expect(await leftOf(skip)).toBeLessThan(
    await leftOf(poll.getByRole('button', { name: 'Share' })),
  );
});

test('on its page, and so does its result', async ({ server, ada, context, page }) => {
  const { id } = await ask(server, ada);
  await signIn(context, server, ada);
  await page.goto(`/p/${id}`);
  const heading = page.getByRole('heading', { name: TITLE });
  expect(await directionOf(heading)).toBe('rtl');
  expect((await wordsOf(heading)).right).toBeGreaterThan(340);
  expect(await directionOf(page.getByText(DESCRIPTION))).toBe('rtl');
  await expectRowsFromTheRight(page.getByRole('main'));

  await castVote(page, HEBREW);
  const bar = barOf(page, HEBREW);
  await expect(bar).toContainText('100%');
  expect(await directionOf(bar)).toBe('rtl');
  expect(await directionOf(barOf(page, LATIN))).toBe('rtl');
  const figure = bar.getByText('1 vote', { exact: true });
  expect(await directionOf(figure)).toBe('ltr');
  expect(await leftOf(bar.getByText(HEBREW, { exact: true }))).toBeGreaterThan(
    await leftOf(figure),
  );
  const [origin, width] = await bar.evaluate((e) => {
    const { transformOrigin } = getComputedStyle(e.firstElementChild ?? e);
    return [Number.parseFloat(transformOrigin), e.getBoundingClientRect().width];
  });
  expect(Number(origin)).toBeGreaterThan(Number(width) / 2); // it grows from the right
});

test('what is typed runs its own way', async ({ server, ada, context, page }) => {
  await signIn(context, server, ada);
  await page.goto('/new');
  const fields = {
    [TITLE]: page.getByRole('textbox', { name: 'Question' }),
    [HEBREW]: page.getByRole('textbox', { name: 'Option 1' }),
  };
  for (const [text, field] of Object.entries(fields)) {
    expect(await directionOf(field)).toBe('ltr');
    await field.fill(text);
    expect(await directionOf(field), text).toBe('rtl');
  }
});
