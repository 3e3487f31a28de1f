/** A new poll: written, put in order, kept, refused, created. */
import type { Page, Route } from '@playwright/test';
import { drawFinger } from './lib/feed';
import { expect, type Server, signIn, test } from './lib/test';

const OPTIONS = /^Option \d+$/;

function question(page: Page) {
  return page.getByRole('textbox', { name: 'Question' });
}

function option(page: Page, number: number) {
  return page.getByRole('textbox', { name: `Option ${number}`, exact: true });
}

function create(page: Page) {
  return page.getByRole('button', { name: 'Create poll' });
}

async function write(page: Page, title: string, options: string[]): Promise<void> {
  await question(page).fill(title);
  await option(page, 1).fill(options[0] ?? '');
  for (const [i, text] of options.slice(1).entries()) {
    await option(page, i + 1).press('Enter'); // behind the last one it adds another
    await expect(option(page, i + 2)).toBeFocused();
    await page.keyboard.type(text);
  }
}

function order(page: Page): Promise<string[]> {
  return page
    .getByRole('textbox', { name: OPTIONS })
    .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
}

/** The ids of the polls with that title, the newest first. */
async function pollsCalled(server: Server, title: string): Promise<number[]> {
  const { body } = await server.api.get('/api/polls?seen=include&limit=100');
  const { items } = body as { items: { id: number; title: string }[] };
  return items.filter((poll) => poll.title === title).map(({ id }) => id);
}

/** The middle of what an option is dragged by. */
async function gripOf(page: Page, number: number): Promise<{ x: number; y: number }> {
  const box = await page
    .getByRole('listitem')
    .filter({ has: option(page, number) })
    .locator('button[aria-hidden=true]')
    .boundingBox();
  if (box === null) throw new Error('nothing to drag it by');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test.describe('for somebody with an account', () => {
  test.beforeEach(({ server, ada, context }) => signIn(context, server, ada));

  test('options are dragged by mouse; Escape puts them back', async ({ page }) => {
    await page.goto('/new');
    await write(page, 'In order?', ['A', 'B', 'C', 'D']);
    await option(page, 1).scrollIntoViewIfNeeded();
    const from = await gripOf(page, 4);
    const to = await gripOf(page, 1);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y - 10, { steps: 12 });
    await expect.poll(() => order(page)).toEqual(['D', 'A', 'B', 'C']);
    await page.keyboard.press('Escape');
    await expect.poll(() => order(page)).toEqual(['A', 'B', 'C', 'D']);
    await page.mouse.up();

    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y - 10, { steps: 12 });
    await page.mouse.up();
    await expect.poll(() => order(page)).toEqual(['D', 'A', 'B', 'C']);
    await expect(page.getByText('D: now number 1 of 4.')).toBeAttached();
  });

  test('options are moved by keys and by buttons; the focus goes along', async ({
    page,
  }) => {
    await page.goto('/new');
    await write(page, 'In order?', ['A', 'B', 'C']);
    await expect(option(page, 3)).toBeFocused();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(() => order(page)).toEqual(['A', 'C', 'B']);
    await expect(option(page, 2)).toBeFocused();
    await expect(page.getByText('C: now number 2 of 3.')).toBeAttached();
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowUp'); // there it ends
    await expect.poll(() => order(page)).toEqual(['C', 'A', 'B']);
    await page.keyboard.press('Alt+ArrowDown');
    await expect.poll(() => order(page)).toEqual(['A', 'C', 'B']);

    await page.getByRole('button', { name: 'Reorder' }).click(); // on a phone
    const down = page.getByRole('button', { name: 'Move option 1 down' });
    await down.click();
    await expect.poll(() => order(page)).toEqual(['C', 'A', 'B']);
    await expect(page.getByRole('button', { name: 'Move option 2 down' })).toBeFocused();
  });

  test('a draft is there again after a reload, and gone when it is started over', async ({
    page,
  }) => {
    await page.goto('/new');
    await write(page, 'Shall this be kept?', ['Yes', 'No', 'A little']);
    await page.getByText('More options').click();
    await page
      .getByRole('textbox', { name: 'Description' })
      .fill('With all that is in it.');
    await page.getByRole('textbox', { name: 'Tags' }).fill('kept,');
    await page.reload();
    await expect(page.getByText('Draft restored.')).toBeVisible();
    await expect(question(page)).toHaveValue('Shall this be kept?');
    expect(await order(page)).toEqual(['Yes', 'No', 'A little']);
    await expect(page.getByRole('textbox', { name: 'Description' })).toHaveValue(
      'With all that is in it.',
    );
    await expect(page.getByRole('button', { name: 'Remove tag kept' })).toBeVisible();
    await page.getByRole('button', { name: 'Start over' }).click();
    await expect(question(page)).toHaveValue('');
    await page.reload();
    await expect(question(page)).toHaveValue('');
    await expect(page.getByText('Draft restored.')).toHaveCount(0);
  });

  test('what is created is shared at once, and is no draft any more', async ({
    server,
    page,
  }) => {
    await page.goto('/new');
    await write(page, 'Shall we share it?', ['Yes', 'No']);
    await create(page).click();
    await expect(page).toHaveURL(/\/p\/\d+\?share$/);
    const dialog = page.getByRole('dialog', { name: 'Share this poll' });
    await expect(dialog).toBeVisible();
    const id = Number(/\/p\/(\d+)/.exec(page.url())?.[1]);
    await expect(dialog.getByRole('textbox', { name: 'Link' })).toHaveValue(
      `${server.url}/p/${id}`,
    );
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(page).toHaveURL(`/p/${id}`);
    await expect(page.getByRole('heading', { name: 'Shall we share it?' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Shall we share it?' })).toBeVisible();
    await expect(dialog).toHaveCount(0);
    await page.goto('/new');
    await expect(question(page)).toHaveValue('');
  });

  test('the limits are said while one types, and nothing wrong is sent', async ({
    page,
  }) => {
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.url());
    });
    await page.goto('/new');
    await expect(page.getByText('0 of 200 characters')).toBeVisible();
    await question(page).pressSequentially('Why?');
    await expect(page.getByText('4 of 200 characters')).toBeVisible();
    await question(page).fill('w'.repeat(201));
    await expect(page.getByText('201 of 200 characters')).toBeVisible();
    await option(page, 1).fill('Same');
    await option(page, 2).fill('same');
    await option(page, 2).blur();
    await expect(page.getByText('This is too long. Please shorten it.')).toBeVisible();
    await expect(question(page)).toHaveAttribute('aria-invalid', 'true');
    await option(page, 2).fill('');
    await create(page).click();
    await expect(page.getByText('A poll needs at least 2 options.')).toBeVisible();
    await expect(page.getByText('2 things need another look.')).toBeVisible();
    await expect(question(page)).toBeFocused();
    expect(sent).toEqual([]);
    await question(page).fill('Why?');
    await expect(page.getByText('One thing needs another look.')).toBeVisible();
    await option(page, 2).fill('Other');
    await create(page).click();
    await expect(page).toHaveURL(/\/p\/\d+/);
  });

  test.describe('where the answer is lost on the way', () => {
    test.use({ refusals: [/net::ERR_FAILED|status of 409/] });

    test.beforeEach(async ({ page }) => {
      const lose = async (route: Route) => {
        if (route.request().method() !== 'POST') return route.fallback();
        await route.fetch(); // the server has made it
        await route.abort();
      };
      await page.route('**/api/polls', lose);
      await page.goto('/new');
      await write(page, 'Only once?', ['Yes', 'No']);
      await page.getByText('More options').click();
      await page.getByRole('radio', { name: 'after 1 hour' }).check();
      await create(page).click();
      await expect(page.getByRole('alert')).toContainText('Nothing is lost: try again.');
      await page.unroute('**/api/polls', lose);
    });

    test('trying again, after a reload too, makes no second poll', async ({
      server,
      page,
    }) => {
      const before = await pollsCalled(server, 'Only once?');
      expect(before.length).toBeGreaterThan(0);
      await page.reload();
      await expect(page.getByText('Draft restored.')).toBeVisible();
      await create(page).click();
      await expect(page).toHaveURL(`/p/${before[0]}?share`);
      expect(await pollsCalled(server, 'Only once?')).toEqual(before);
    });

    test('a draft that was changed since is not mistaken for it', async ({
      server,
      page,
    }) => {
      await question(page).fill('Only once, really?');
      await create(page).click();
      const link = page.getByRole('alert').getByRole('link', { name: 'your polls' });
      await expect(link).toHaveAttribute('href', '/account');
      expect(await pollsCalled(server, 'Only once, really?')).toEqual([]);
      await create(page).click();
      await expect(page).toHaveURL(/\/p\/\d+\?share$/);
      expect(await pollsCalled(server, 'Only once, really?')).toHaveLength(1);
    });
  });

  test.describe('refused by the server', () => {
    test.use({ refusals: [/status of (422|503)/] });

    test('what it says stands at its field until that is changed', async ({ page }) => {
      await page.route('**/api/polls', (route) =>
        route.request().method() === 'POST'
          ? route.fulfill({
              status: 422,
              contentType: 'application/problem+json',
              body: JSON.stringify({
                type: 'about:blank',
                title: 'Unprocessable Content',
                status: 422,
                code: 'invalid',
                errors: [
                  {
                    field: 'options[1]',
                    code: 'rude',
                    message: 'says something that I dislike',
                  },
                  { field: 'tags', code: 'ugly', message: 'are not to my taste' },
                ],
              }),
            })
          : route.continue(),
      );
      await page.goto('/new');
      await write(page, 'May I?', ['Yes', 'No']);
      await create(page).click();
      await expect(page.getByText('2 things need another look.')).toBeVisible();
      await expect(option(page, 2)).toHaveAttribute('aria-invalid', 'true');
      await expect(option(page, 2)).toBeFocused();
      await expect(option(page, 2)).toHaveAccessibleDescription(
        /says something that I dislike/i,
      );
      await expect(page.getByRole('textbox', { name: 'Tags' })).toHaveAccessibleDescription(
        /are not to my taste/i,
      );
      await option(page, 2).fill('Never');
      await expect(option(page, 2)).toHaveAttribute('aria-invalid', 'false');
      await expect(page.getByText('One thing needs another look.')).toBeVisible();
      expect(await order(page)).toEqual(['Yes', 'Never']);
    });

    test('too busy: says so, and keeps all of it', async ({ page }) => {
      await page.route('**/api/polls', (route) =>
        route.request().method() === 'POST'
          ? route.fulfill({
              status: 503,
              contentType: 'application/problem+json',
              body: JSON.stringify({
                type: 'about:blank',
                status: 503,
                code: 'overloaded',
              }),
            })
          : route.continue(),
      );
      await page.goto('/new');
      await write(page, 'Now?', ['Yes', 'No']);
      await create(page).click();
      await expect(page.getByRole('alert')).toHaveText(
        'Very many people are here right now. Try again in a moment.',
      );
      await page.unroute('**/api/polls');
      await create(page).click();
      await expect(page.getByRole('heading', { name: 'Now?' })).toBeVisible();
    });
  });
});

test.describe('by finger', () => {
  test.use({ hasTouch: true, isMobile: true });

  test('options are dragged, and the page stays where it is', async ({ page }) => {
    await page.goto('/new');
    await write(page, 'In order?', ['A', 'B', 'C']);
    await option(page, 2).scrollIntoViewIfNeeded();
    const from = await gripOf(page, 1);
    const to = await gripOf(page, 3);
    await drawFinger(page, from, { x: to.x, y: to.y + 10 });
    await expect.poll(() => order(page)).toEqual(['B', 'C', 'A']);
    await expect(page.getByText('A: now number 3 of 3.')).toBeAttached();
  });
});

test('what moves and removes an option is 44 px wide and high, also at 320 px', async ({
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 568 });
  await page.goto('/new');
  await write(page, 'In order?', ['A', 'B', 'C']);
  const expectTargets = async () => {
    const sizes = await page
      .getByRole('listitem')
      .filter({ has: page.getByRole('textbox', { name: OPTIONS }) })
      .locator('button:visible')
      .evaluateAll((buttons) =>
        buttons.map((button) => {
          const { left, right, width, height } = button.getBoundingClientRect();
          return { isWithin: left >= 0 && right <= 320, least: Math.min(width, height) };
        }),
      );
    expect(sizes.length).toBeGreaterThanOrEqual(6);
    for (const size of sizes) {
      expect(size.isWithin).toBe(true);
      expect(size.least).toBeGreaterThanOrEqual(44);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  };
  await expectTargets();
  await page.getByRole('button', { name: 'Reorder' }).click();
  await expectTargets();
});

test('a newcomer writes first, registers then, and finds it all again', async ({
  page,
}) => {
  await page.goto('/new');
  await expect(page.getByText('To create a poll you need an account.')).toBeVisible();
  await write(page, 'May newcomers ask?', ['Yes', 'Of course']);
  await expect(
    page.getByText('Next you create an account, and then come back here.'),
  ).toBeVisible();
  await create(page).click();
  await expect(page).toHaveURL('/register?next=/new');
  const name = `new-${Date.now()}`;
  await page.getByLabel('Username').fill(name);
  await page.getByLabel('E-mail address').fill(`${name}@example.org`);
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await page.getByRole('button', { name: 'Create an account', exact: true }).click();
  await expect(page).toHaveURL('/new');
  await expect(question(page)).toHaveValue('May newcomers ask?');
  expect(await order(page)).toEqual(['Yes', 'Of course']);
  await create(page).click();
  await expect(page).toHaveURL(/\/p\/\d+/);
  await expect(page.getByRole('heading', { name: 'May newcomers ask?' })).toBeAttached();
  await expect(page.getByText(`Asked by ${name}`)).toBeAttached();
});
