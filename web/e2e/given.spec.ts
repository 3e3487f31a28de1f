/** A poll comes with its document: a fresh visitor sees it without asking for it. */
import { expect, test } from './lib/test';

for (const where of ['p', 'embed']) {
  test(`/${where}/{id} shows its poll without asking for it, and no request is refused`, async ({
    server,
    ada,
    page,
  }) => {
    const poll = await server.api.create_poll(ada.token, {
      title: 'Tea, </script> or coffee?',
      options: ['Tea & <b>milk</b>', 'Coffee'],
    });
    await server.api.vote((await server.api.guest()).token, poll.id, 1, { expect: 201 });
    const asked: string[] = [];
    const refused: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    page.on('response', (answer) => {
      if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.url()}`);
    });
    await page.goto(`/${where}/${poll.id}`);
    await expect(page.getByText('Tea, </script> or coffee?').first()).toBeVisible();
    await expect(page.getByText('Tea & <b>milk</b>').first()).toBeVisible();
    expect(asked).not.toContain(`/api/polls/${poll.id}`);
    expect(refused).toEqual([]);
    await server.api.vote((await server.api.guest()).token, poll.id, 1, { expect: 201 });
    await page
      .getByRole('button', { name: /results/i })
      .first()
      .click();
    await expect(page.getByText(/\b2 votes/).first()).toBeVisible();
  });
}
