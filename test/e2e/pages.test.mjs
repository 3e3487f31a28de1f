// The web page: the program contains web/dist, and serves it as browsers like it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { check_problem } from './lib/problem.mjs';
import { with_server } from './lib/server.mjs';

const DIST = new URL('../../web/dist/', import.meta.url);
const PATHS = [
  '/',
  '/p/1',
  '/p/4294967295',
  '/p/1/',
  '/present/1',
  '/embed/1',
  '/new',
  '/leaderboard',
  '/account',
  '/sign-in',
  '/register',
];
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const LASTING = 'public, max-age=31536000, immutable';
const server = with_server();

/** Without undici's own ways with encodings. */
async function ask(path, headers = {}, method = 'GET') {
  const answer = await request(server.url + path, { method, headers });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body };
}

const read = (name) => fs.readFileSync(new URL(name, DIST));
const document_at = (path) => (path.startsWith('/embed/') ? 'embed.html' : 'index.html');
const is_served = (name) => !/(^\.|\.(br|gz)$)/.test(name);
const names_in = (folder) => fs.readdirSync(new URL(folder, DIST)).filter(is_served);

/** [path, file in web/dist] of everything that is served. */
function files() {
  const top = names_in('./').filter((name) => name !== 'assets' && name !== 'index.html');
  const assets = names_in('assets/').map((name) => `assets/${name}`);
  return [['/', 'index.html'], ...[...top, ...assets].map((name) => [`/${name}`, name])];
}

const DECODE = { br: brotliDecompressSync, gzip: gunzipSync, undefined: (body) => body };

test('the page is built, and built in: script/setup', async () => {
  assert.ok(fs.existsSync(new URL('index.html', DIST)), 'there is no web/dist');
  assert.deepEqual((await ask('/')).body, read('index.html'));
  assert.ok(files().some(([path]) => /^\/assets\/.*\.js$/.test(path)));
});

describe('the document', () => {
  for (const path of PATHS) {
    test(`is at ${path}`, async () => {
      const { status, headers, body } = await ask(path);
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(headers['cache-control'], 'no-cache');
      assert.deepEqual(body, read(document_at(path)));
      const head = await ask(path, {}, 'HEAD');
      assert.equal(head.status, 200);
      assert.equal(head.headers['content-length'], String(body.length));
      assert.equal(head.headers.etag, headers.etag);
      const post = await ask(path, {}, 'POST');
      assert.equal(post.status, 405);
      assert.equal(post.headers.allow, 'GET, HEAD, OPTIONS');
    });
  }
  for (const path of ['/', '/embed/1'])
    test(`names nothing that is not served, and nothing of others: ${path}`, async () => {
      const html = (await ask(path)).body.toString();
      const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
      assert.ok(named.length > 0);
      for (const url of named) assert.equal((await ask(url)).status, 200, url);
    });
});

describe('files', () => {
  const TYPES = {
    css: 'text/css; charset=utf-8',
    html: 'text/html; charset=utf-8',
    js: 'text/javascript; charset=utf-8',
    json: 'application/json',
    png: 'image/png',
    svg: 'image/svg+xml',
    txt: 'text/plain; charset=utf-8',
    webmanifest: 'application/manifest+json',
    woff2: 'font/woff2',
  };

  test('are what was built, whatever their coding, under their types', async () => {
    for (const [path, name] of files()) {
      const want = read(name);
      const type = TYPES[/\.(\w+)$/.exec(name)[1]];
      const tags = new Set();
      for (const accept of ['br', 'gzip', 'gzip, deflate, br', 'br;q=0, gzip', 'identity']) {
        const { status, headers, body } = await ask(path, { 'accept-encoding': accept });
        const where = `${path}, ${accept}`;
        const coding = headers['content-encoding'];
        assert.equal(status, 200, where);
        assert.deepEqual(DECODE[coding](body), want, where);
        assert.ok(coding === undefined || accept.includes(coding), where);
        assert.ok(!(coding === 'br' && accept.includes('br;q=0')), where);
        assert.equal(headers['content-type'], type ?? headers['content-type'], where);
        assert.equal(headers['cache-control'], /assets/.test(path) ? LASTING : 'no-cache');
        assert.equal(headers.vary, 'Accept-Encoding', where);
        assert.ok(headers.etag.endsWith({ br: '-br"', gzip: '-gz"' }[coding] ?? '"'), where);
        tags.add(`${coding} ${headers.etag}`);
      }
      const etags = [...tags].map((tag) => tag.split(' ')[1]);
      assert.equal(new Set(etags).size, tags.size, `${path}: a tag for each coding`);
    }
  });
  test('come with brotli where the build made it, and that is what browsers get', async () => {
    const packed = files().filter(
      ([, name]) =>
        fs.existsSync(new URL(`${name}.br`, DIST)) &&
        read(`${name}.br`).length < read(name).length,
    );
    assert.ok(packed.some(([, name]) => name.endsWith('.js')));
    for (const [path, name] of packed) {
      const headers = { 'accept-encoding': 'gzip, deflate, br, zstd' };
      const answer = await ask(path, headers);
      assert.equal(answer.headers['content-encoding'], 'br', path);
      assert.deepEqual(answer.body, read(`${name}.br`), path);
      const head = await ask(path, headers, 'HEAD');
      assert.equal(head.headers['content-encoding'], 'br', path);
      assert.equal(head.headers['content-length'], String(answer.body.length), path);
    }
  });
  test('that have not changed are not sent again, in the same coding', async () => {
    for (const [path] of files()) {
      for (const coding of ['br', 'gzip', 'identity']) {
        const accept = { 'accept-encoding': coding };
        const { etag } = (await ask(path, accept)).headers;
        const again = await ask(path, { ...accept, 'if-none-match': etag });
        assert.equal(again.status, 304, path);
        assert.equal(again.headers.etag, etag);
        assert.equal(again.headers['content-encoding'], undefined);
        assert.equal(again.body.length, 0);
        const other = { ...accept, 'if-none-match': etag.replace(/"$/, 'x"') };
        assert.equal((await ask(path, other)).status, 200, path);
      }
    }
  });
  test('the packed ones, and those of the build, are not files', async () => {
    for (const path of ['/index.html', '/index.html.br', '/.vite/manifest.json']) {
      assert.equal((await ask(path)).status, 404, path);
    }
    for (const [path] of files().slice(1)) {
      assert.equal((await ask(`${path}.br`)).status, 404, path);
      assert.equal((await ask(`${path}x`)).status, 404, path);
    }
  });
});

describe('a path that nobody knows', () => {
  const nowhere = ['/nowhere', '/p/0', '/p/x', '/p', '/p/1/2', '/embed', '/apis', '/%2e%2e/x'];
  const programs = ['/api', '/api/x', '/ws/x', '/docs/x', '/assets/x.js', '/media/x'];

  test('is the page to a browser, which says so itself', async () => {
    for (const path of nowhere) {
      for (const method of ['GET', 'HEAD']) {
        const { status, headers, body } = await ask(path, { accept: BROWSER }, method);
        assert.equal(status, 404, path);
        assert.equal(headers['content-type'], 'text/html; charset=utf-8', path);
        assert.equal(headers['cache-control'], 'no-store', path);
        assert.match(headers.vary, /Accept, Accept-Encoding/);
        assert.equal(headers.etag, undefined);
        assert.deepEqual(body, method === 'GET' ? read('index.html') : Buffer.alloc(0));
      }
      const packed = await ask(path, { accept: BROWSER, 'accept-encoding': 'br, gzip' });
      const coding = packed.headers['content-encoding'];
      assert.deepEqual(DECODE[coding](packed.body), read('index.html'));
    }
  });
  test('is a problem to everybody else', async () => {
    const rows = [
      ...nowhere.flatMap((path) => [
        [path, {}],
        [path, { accept: '*/*' }],
        [path, { accept: 'application/json' }],
        [path, { accept: 'text/html;q=0, */*' }],
      ]),
      ...programs.map((path) => [path, { accept: BROWSER }]),
    ];
    for (const [path, headers] of rows) {
      const answer = await ask(path, headers);
      assert.equal(answer.status, 404, path);
      const { code } = check_problem({ ...answer, text: answer.body.toString() });
      assert.equal(code, 'not_found', path);
    }
    const posted = await ask('/nowhere', { accept: BROWSER }, 'POST');
    assert.equal(posted.status, 404);
    check_problem({ ...posted, text: posted.body.toString() });
  });
});

describe('what browsers are told', () => {
  const OWN =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; " +
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors ";

  function check({ headers }, { framable }, where) {
    assert.equal(headers['content-security-policy'], OWN + (framable ? '*' : "'none'"), where);
    const corp = framable ? 'cross-origin' : 'same-origin';
    assert.equal(headers['cross-origin-resource-policy'], corp, where);
    assert.equal(headers['x-content-type-options'], 'nosniff', where);
    assert.equal(headers['referrer-policy'], 'no-referrer', where);
    assert.match(
      headers['permissions-policy'],
      /fullscreen=\(self\), clipboard-write=\(self\)/,
    );
  }

  test('of the page and all its files; only /embed/ may be framed', async () => {
    for (const path of [...PATHS, ...files().map(([path]) => path)]) {
      const answer = await ask(path);
      const framable = path === '/embed/1';
      check(answer, { framable }, path);
      const { etag } = answer.headers;
      check(await ask(path, { 'if-none-match': etag }), { framable }, `${path}: 304`);
    }
  });
  test('of the page that says that there is nothing', async () => {
    const headers = { accept: BROWSER };
    check(await ask('/nowhere', headers), { framable: false }, '/nowhere');
    check(await ask('/embed', headers), { framable: false }, '/embed');
    check(await ask('/embed/x', headers), { framable: true }, '/embed/x');
  });
  test('of an error at one of its paths: that it is data', async () => {
    for (const [path, method] of [
      ['/new', 'POST'],
      ['/assets/x.js', 'GET'],
      ['/nowhere', 'GET'],
    ]) {
      const { headers } = await ask(path, {}, method);
      const data = "default-src 'none'; frame-ancestors 'none'";
      assert.equal(headers['content-security-policy'], data, path);
    }
  });
});
