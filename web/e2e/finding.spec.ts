/** Finding a poll: tags, search and order, and what there is where nothing is found. */
import { expectReading, feedOf, openFeed } from './lib/feed';
import { expect, Server, test } from './lib/test';

test('tags, search and order are in the address, and "back" takes them back', async ({
  server,
  ada,
  page,
}) => {
  const make = (title: string, tags: string[], hours?: number) =>
    server.api.create_poll(ada.token, {
      title,
      tags,
      ...(hours && { closesAt: new Date(Date.now() + hours * 3600_000).toISOString() }),
    });
  await make('Apples, late', ['fruit'], 20);
  await make('Carrots', ['root'], 1);
  await make('Pears, soon', ['fruit'], 2);
  await openFeed(page, '/');
  await page.setViewportSize({ width: 1280, height: 800 });

  const chips = page.getByRole('list', { name: 'Tags' });
  await chips.getByRole('link', { name: 'fruit' }).click();
  await expect(page).toHaveURL('/?tag=fruit');
  await expectReading(page, 'Pears, soon');
  await expect(chips.getByRole('link', { name: 'fruit' })).toHaveAttribute(
    'aria-current',
    'true',
  );
  await chips.getByRole('link', { name: 'root' }).click();
  await expect(page).toHaveURL('/?tag=fruit&tag=root');
  await page.goBack();
  await expect(page).toHaveURL('/?tag=fruit');

  const order = page.getByRole('combobox', { name: 'Order' });
  await order.selectOption({ label: 'Closing soon' });
  await expect(page).toHaveURL('/?tag=fruit&sort=closing');
  await expectReading(page, 'Pears, soon');
  await page.keyboard.press('Escape');

  const search = page.getByRole('searchbox', { name: 'Search polls' });
  await search.pressSequentially('apples');
  await expect(page).toHaveURL('/?tag=fruit&q=apples&sort=closing');
  await expectReading(page, 'Apples, late');
  await search.pressSequentially(' late');
  await expect(page).toHaveURL('/?tag=fruit&q=apples+late&sort=closing');

  await page.goBack(); // all that was typed is one step
  await expect(page).toHaveURL('/?tag=fruit&sort=closing');
  await expect(search).toHaveValue('');
  await expectReading(page, 'Pears, soon');
  await page.goBack();
  await expect(order).toHaveValue('new');
  await page.goForward();
  await page.reload();
  await expect(order).toHaveValue('closing');
  await expectReading(page, 'Pears, soon');
  await chips.getByRole('link', { name: 'All' }).click();
  await expect(page).toHaveURL('/?sort=closing');
});

test('nothing found, and the end of what was asked for, say how to go on', async ({
  server,
  ada,
  page,
}) => {
  await feedOf(server, ada, 'lonely', 1);
  await openFeed(page, '/?tag=lonely&q=zebra');
  await expectReading(page, 'Nothing found');
  await page.getByRole('link', { name: 'Clear search' }).click();
  await expect(page).toHaveURL('/');
  await openFeed(page, '/?tag=lonely');
  await expectReading(page, 'lonely 1');
  await page.keyboard.press('s');
  await expectReading(page, 'Nothing found'); // and nothing that was skipped
  await openFeed(page, '/?q=lonely');
  await expectReading(page, 'Nothing found');
});

test('a feed without polls invites to ask', async ({ browser }) => {
  const empty = await Server.start();
  const context = await browser.newContext({ baseURL: empty.url });
  const page = await context.newPage();
  await openFeed(page, '/');
  await expectReading(page, 'There are no polls yet.');
  await page.getByRole('link', { name: 'Ask the first question' }).click();
  await expect(page).toHaveURL('/new');
  await context.close();
  await empty.end();
});
