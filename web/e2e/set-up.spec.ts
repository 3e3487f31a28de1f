/** What a server's set-up does to a voter, and that the page says it as it is. */
import {
  createServer,
  type Server as HttpServer,
  type IncomingHttpHeaders,
  request,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { castVote } from './lib/steps';
import { barOf, expect, Server, test, watch } from './lib/test';

/**
 * A proxy as many are set up at first: the server behind it hears its own address as Host.
 * What newer browsers prove (Sec-Fetch-Site) is left out, as older ones do.
 */
async function plainProxy(server: Server): Promise<HttpServer> {
  const proxy = createServer((asked, answer) => {
    const headers: IncomingHttpHeaders = {
      ...asked.headers,
      host: `127.0.0.1:${server.port}`,
    };
    for (const name of Object.keys(headers))
      if (name.startsWith('sec-fetch-')) delete headers[name];
    const { method, url: path } = asked;
    const passed = request({ host: '127.0.0.1', port: server.port, method, path, headers });
    passed.on('response', (reply) => {
      answer.writeHead(Number(reply.statusCode), reply.headers);
      reply.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}

test('a server that does not know its own address is named as the cause', async ({
  server,
  ada,
  browser,
}) => {
  const poll = await server.api.create_poll(ada.token);
  const proxy = await plainProxy(server);
  const origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const context = await browser.newContext({ baseURL: origin });
  const wrong = watch(context, origin, [/status of 40[13]|WebSocket/]);
  const page = await context.newPage();
  await page.goto(`/p/${poll.id}`);
  await castVote(page, 'Tabs');
  await expect(page.getByRole('alert')).toHaveText(
    new RegExp(`^This server's set-up does not let anybody vote here.* ${origin}, `),
  );
  await expect(page.getByRole('radio', { name: 'Tabs' })).toBeChecked(); // nothing is lost
  expect((await server.api.results(poll.id)).totalVotes).toBe(0);
  await context.close();
  proxy.closeAllConnections();
  proxy.close();
  expect(wrong).toEqual([]);
});

test('where many join at once a vote waits its turn, says so, and arrives', async ({
  browser,
}) => {
  const own = await Server.start({
    config: { 'limits.burst_per_second': 200, 'limits.guests_per_minute': 1 },
  });
  const owner = await own.api.register();
  const poll = await own.api.create_poll(owner.token);
  const context = await browser.newContext({ baseURL: own.url });
  const wrong = watch(context, own.url, [/status of 4(01|29)/]);
  const page = await context.newPage();
  await page.goto(`/p/${poll.id}`);
  await own.api.guest(); // of the same address, and the only one for a minute
  await castVote(page, 'Spaces');
  await expect(page.getByText(/^Many are joining right now\./)).toBeVisible();
  expect((await own.api.results(poll.id)).totalVotes).toBe(0);
  await expect(barOf(page, 'Spaces')).toContainText('your vote', { timeout: 200_000 });
  expect((await own.api.results(poll.id)).totalVotes).toBe(1);
  await context.close();
  await own.end();
  expect(wrong).toEqual([]);
});
