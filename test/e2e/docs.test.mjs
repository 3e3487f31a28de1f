// The API document and the pages that show it: the program serves them, and they load
// nothing from elsewhere.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { request } from 'undici';
import { parse } from 'yaml';
import { read_routes } from './lib/routes.mjs';
import { with_server } from './lib/server.mjs';

const FILE = new URL('../../docs/api/openapi.yaml', import.meta.url);
const server = with_server();

/** Without undici's own ways with encodings. */
async function get(path, headers = {}) {
  const answer = await request(server.url + path, { headers });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body };
}

const assets = async () =>
  [...(await get('/docs')).body.toString().matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(
    ([, path]) => path,
  );

describe('the document', () => {
  test('is served as it is', async () => {
    const { status, headers, body } = await get('/openapi.yaml');
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^application\/yaml/);
    assert.deepEqual(body, fs.readFileSync(FILE));
  });

  test('has every path and method that the program has', () => {
    const told = parse(fs.readFileSync(FILE, 'utf8')).paths;
    const pages = [
      'handle_page',
      'handle_page_file',
      'handle_docs_file',
      'handle_poll_document',
    ];
    for (const { method, path, handler } of read_routes()) {
      if (pages.includes(handler)) continue;
      assert.ok(told[path]?.[method.toLowerCase()], `${method} ${path} is not in the document`);
    }
  });
});

describe('/docs', () => {
  test('what it needs is served for ever, under names with a hash', async () => {
    const paths = await assets();
    assert.equal(paths.length, 3, 'the viewer is built in: script/setup');
    for (const path of paths) {
      assert.match(path, /-[0-9a-f]{16}\.(js|css)$/);
      const { status, headers, body } = await get(path);
      assert.equal(status, 200, path);
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(headers['content-encoding'], undefined);
      const packed = await get(path, { 'accept-encoding': 'gzip, deflate' });
      assert.equal(packed.headers['content-encoding'], 'gzip');
      assert.match(packed.headers.vary, /Accept-Encoding/);
      assert.deepEqual(gunzipSync(packed.body), body);
      assert.equal((await get(`${path}/`)).status, 200);
    }
  });

  test('a page that has not changed is not sent again', async () => {
    for (const path of ['/docs', '/openapi.yaml']) {
      for (const accept of ['identity', 'gzip']) {
        const first = await get(path, { 'accept-encoding': accept });
        assert.equal(first.headers['cache-control'], 'no-cache');
        const { etag } = first.headers;
        const again = await get(path, { 'accept-encoding': accept, 'if-none-match': etag });
        assert.equal(again.status, 304);
        assert.equal(again.headers.etag, etag);
        assert.equal(again.body.length, 0);
      }
    }
    const [plain, packed] = await Promise.all([
      get('/docs'),
      get('/docs', { 'accept-encoding': 'gzip' }),
    ]);
    assert.notEqual(plain.headers.etag, packed.headers.etag);
  });

  test('it is fenced in', async () => {
    const { headers } = await get('/docs');
    const policy = headers['content-security-policy'];
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.doesNotMatch(policy, /https?:|unsafe-eval/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  test('there is no other file', async () => {
    for (const path of ['/docs/x', '/docs/x/', '/docs/%2e%2e%2fx', '/docs/a/b']) {
      assert.equal((await get(path)).status, 404, path);
    }
  });
});

describe('/docs in a browser', () => {
  let browser;
  before(async () => {
    const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    });
  });
  after(() => browser?.close());

  test('shows the operations, tries one, and asks nobody else', async () => {
    const page = await browser.newPage();
    const asked = [];
    const wrong = [];
    page.on('request', (req) => asked.push(req.url()));
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('console', (line) => line.type() === 'error' && wrong.push(line.text()));

    await page.goto(`${server.url}/docs`);
    await page.getByRole('heading', { name: /Pollux/ }).waitFor();
    await page.locator('.opblock').nth(25).waitFor();
    const row = page.locator('#operations-Operation-getHealth');
    await row.locator('button').first().click();
    await row.getByRole('button', { name: 'Try it out' }).click();
    await row.getByRole('button', { name: 'Execute' }).click();
    await row
      .locator('.live-responses-table .response-col_status', { hasText: '200' })
      .waitFor();

    const others = asked.filter(
      (url) => !url.startsWith(server.url) && !/^(data|blob):/.test(url),
    );
    assert.deepEqual(others, []);
    assert.ok(asked.includes(`${server.url}/openapi.yaml`));
    assert.ok(asked.includes(`${server.url}/healthz`));
    assert.deepEqual(wrong, []);
    await page.close();
  });
});
