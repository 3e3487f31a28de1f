/** What can be undone, found again, and done a second time. */
import { card, expectReading, feedOf, openFeed } from './lib/feed';
import { votes } from './lib/screens';
import { castVote, isLive } from './lib/steps';
import { barOf, expect, signIn, test } from './lib/test';

test('a skip can be undone for a while: the poll is back where it was', async ({
  server,
  ada,
  page,
}) => {
  const [first = 0] = await feedOf(server, ada, 'undo', 3);
  await page.addInitScript(() => {
    const { setTimeout } = window; // eight seconds are long for a reader, not for a busy machine
    const patient = (act: () => void, ms?: number) =>
      ms === 8000 ? 0 : setTimeout(act, ms);
    window.setTimeout = patient as typeof window.setTimeout;
  });
  await openFeed(page, '/?tag=undo');
  await card(page, 'undo 1').getByRole('button', { name: 'Skip' }).click();
  await expectReading(page, 'undo 2');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expectReading(page, 'undo 1');
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
  const { body } = await server.api.get(`/api/polls/${first}/stats`);
  expect(body).toMatchObject({ skips: 0 });
  await card(page, 'undo 1').getByRole('radio', { name: 'Tabs' }).check();
});

test('at the end of the feed there are ways on, and skips can be taken back', async ({
  server,
  ada,
  page,
}) => {
  await feedOf(server, ada, 'ways', 1);
  await openFeed(page, '/?tag=ways');
  await card(page, 'ways 1').getByRole('button', { name: 'Skip' }).click();
  await page.getByRole('link', { name: 'What you skipped' }).click();
  await expect(page.getByRole('link', { name: 'ways 1' })).toBeVisible();
  await page.getByRole('button', { name: 'Take the skip back: ways 1' }).click();
  await expect(page.getByText('You have skipped nothing.')).toBeVisible();
  await openFeed(page, '/?tag=ways');
  await expectReading(page, 'ways 1');
});

test('closed polls are found, with their results', async ({ server, ada, page }) => {
  const [newest = 0] = await feedOf(server, ada, 'over', 2);
  await votes(server, newest, [2, 1, 0]);
  await server.api.post(`/api/polls/${newest}/close`, { token: ada.token });
  await openFeed(page, '/?tag=over');
  await expectReading(page, 'over 2');
  await page.getByRole('link', { name: 'Closed', exact: true }).click();
  await expectReading(page, 'over 1');
  await expect(card(page, 'over 1').getByText('66.7%')).toBeVisible();
  await openFeed(page, '/?q=over&status=closed');
  await expectReading(page, 'over 1');
});

test.describe('the owner', () => {
  test.beforeEach(({ context, server, ada }) => signIn(context, server, ada));

  test('closes early, and whoever watches learns the true end', async ({
    server,
    ada,
    page,
  }) => {
    const poll = await server.api.create_poll(ada.token, {
      closesAt: '2031-05-04T16:30:00.000Z',
    });
    await page.goto(`/p/${poll.id}`);
    await isLive(page);
    await expect(page.getByText(/^End: .*2031/)).toBeVisible();
    await server.api.post(`/api/polls/${poll.id}/close`, { token: ada.token });
    await expect(page.getByText('Closed', { exact: true })).toBeVisible();
    await expect(page.getByText(/^End: .*2031/)).toHaveCount(0);
    await expect(page.getByText(/^End: /)).toBeVisible();
  });

  test('asks the same again, without the votes', async ({ server, ada, page }) => {
    const poll = await server.api.create_poll(ada.token, {
      tags: ['rerun'],
      resultsVisibility: 'after_vote',
    });
    await votes(server, poll.id, [2, 1, 0]);
    await page.goto(`/p/${poll.id}`);
    await page.getByRole('link', { name: 'Duplicate' }).click();
    await expect(page.getByText(/^A copy, /)).toBeVisible();
    await page.getByRole('button', { name: 'Create poll' }).click();
    await expect(page).toHaveURL(/\/p\/\d+/);
    await expect(page).not.toHaveURL(new RegExp(`/p/${poll.id}\\b`));
    const id = Number(/\/p\/(\d+)/.exec(page.url())?.[1]);
    const { body } = await server.api.get(`/api/polls/${id}`, { token: ada.token });
    expect(body).toMatchObject({
      title: poll.title,
      tags: ['rerun'],
      resultsVisibility: 'after_vote',
      results: { totalVotes: 0 },
    });
  });

  test('edits in the form that the poll was made with', async ({ server, ada, page }) => {
    const poll = await server.api.create_poll(ada.token);
    await page.goto(`/p/${poll.id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Question').fill('Spaces or tabs?');
    await dialog.getByText('More options').click();
    await dialog.getByRole('textbox', { name: 'Tags' }).fill('style');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'Spaces or tabs?' })).toBeVisible();
    const { body } = await server.api.get(`/api/polls/${poll.id}`);
    expect(body).toMatchObject({ title: 'Spaces or tabs?', tags: [...poll.tags, 'style'] });
  });
});

test('an account can take its polls with it', async ({ server, context, page }) => {
  const leaver = await server.api.register();
  const poll = await server.api.create_poll(leaver.token);
  await signIn(context, server, leaver);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Delete account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: /^Delete my polls too/ }).check();
  await dialog.getByLabel('Your password').fill('correct horse');
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await expect(page.getByText(/^Deleted\. Votes stay counted/)).toBeVisible();
  await server.api.get(`/api/polls/${poll.id}`, { expect: 404 });
});

test('addresses in a description are links that nobody here vouches for', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token, {
    description: 'See https://example.org/a?b=c. Not javascript:alert(1)',
  });
  await page.goto(`/p/${poll.id}`);
  const link = page.getByRole('link', { name: 'https://example.org/a?b=c', exact: true });
  await expect(link).toHaveAttribute('href', 'https://example.org/a?b=c');
  await expect(link).toHaveAttribute('rel', 'nofollow noopener ugc');
  await expect(page.locator('a[href^="javascript"]')).toHaveCount(0);
});

test('nobody is called to a poll that is over', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/present/${poll.id}`);
  await isLive(page);
  await expect(page.getByText('Join at')).toBeVisible();
  await expect(page.getByText('0watching')).toBeVisible(); // not the projector itself
  await server.api.post(`/api/polls/${poll.id}/close`, { token: ada.token });
  await expect(page.getByText('Join at')).toHaveCount(0);
  await page.keyboard.press('q');
  await expect(page.getByRole('img', { name: /^QR code/ })).toHaveCount(0);
  await expect(page.getByRole('listitem').first()).toBeVisible();
});

test.describe('in Berlin', () => {
  test.use({ timezoneId: 'Europe/Berlin' });

  test('a time that the clocks leave out is said, and not moved', async ({ page }) => {
    await page.goto('/new');
    await page.getByText('More options').click();
    const opens = page.getByRole('group', { name: 'Opens' });
    const closes = page.getByRole('group', { name: 'Closes' });
    await opens.getByText('at a set time').click();
    await closes.getByText('at a set time').click();
    const opening = page.getByLabel('Opening time');
    const closing = page.getByLabel('Closing time');
    expect(await opening.inputValue()).not.toBe(await closing.inputValue());
    await closing.fill('2031-03-30T02:30');
    await closing.blur();
    await expect(page.getByText(/^There is no such time on that day/)).toBeVisible();
    await closing.fill('2031-03-30T03:30');
    await expect(page.getByText(/^There is no such time on that day/)).toHaveCount(0);
  });
});

test('a newcomer is told in one line what this is', async ({ server, ada, page }) => {
  await feedOf(server, ada, 'hello', 1);
  await page.setViewportSize({ width: 320, height: 640 });
  await openFeed(page, '/?tag=hello');
  const line = page.getByText('Live polls: vote, and watch the result move.');
  await expect(line).toBeVisible();
  expect((await line.boundingBox())?.height).toBeLessThan(40);
  await castVote(page, 'Tabs');
  await expect(barOf(page, 'Tabs')).toContainText('your vote');
  await page.reload();
  await expect(page.getByRole('main')).toBeVisible();
  await expect(line).toHaveCount(0);
});

test.describe('at 400 %', () => {
  test.use({ viewport: { width: 320, height: 256 } });

  test('no bar stays over what is read', async ({ server, ada, page }) => {
    const poll = await server.api.create_poll(ada.token);
    for (const path of ['/', `/p/${poll.id}`, '/new']) {
      await page.goto(path);
      await expect(page.getByRole('main')).toBeVisible();
      const fixed = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('header, nav, .sticky')]
          .filter((bar) => ['fixed', 'sticky'].includes(getComputedStyle(bar).position))
          .map((bar) => bar.className),
      );
      expect(fixed, path).toEqual([]);
      const isWide = await page.evaluate(
        () => document.documentElement.scrollWidth > innerWidth,
      );
      expect(isWide, path).toBe(false);
      await expect(page.getByRole('link', { name: 'Leaderboard' })).toBeVisible();
    }
  });
});

test.describe('in forced colours', () => {
  test.use({ forcedColors: 'active' });

  test('a chosen chip can be read', async ({ server, ada, page }) => {
    await feedOf(server, ada, 'forced', 1);
    await openFeed(page, '/?tag=forced');
    const chip = page.getByRole('link', { name: 'forced', exact: true }).first();
    await expect(chip).toHaveAttribute('aria-current', 'true');
    await expect(chip).toHaveCSS('forced-color-adjust', 'none');
    const [ink, ground] = await chip.evaluate((element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      return [color, backgroundColor];
    });
    expect(ink).not.toBe(ground);
  });
});
