// Wrong passwords: how many may be tried, and that trying locks nobody else out.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { with_server } from './lib/server.mjs';

const server = with_server({
  config: {
    'limits.login_failures': 3,
    'limits.login_failures_per_address': 10,
    'server.trusted_proxies': '127.0.0.0/8',
  },
});

const RIGHT = 'correct horse';
let n_addresses = 0;
const new_address = () => {
  const n = ++n_addresses;
  return `198.18.${n >> 8}.${n & 255}`;
};
const new_email = () => `${randomUUID()}@example.org`;

async function new_account() {
  const email = new_email();
  return { email, ...(await server.api.register({ email, password: RIGHT })) };
}

const login = (email, password, address, expect = 'any') =>
  server.api.post('/api/auth/login', {
    body: { email, password },
    headers: { 'x-forwarded-for': address },
    expect,
  });

/** Says how long to wait: until the first of the wrong ones, since began, is 15 minutes old. */
function check_wait(answer, began) {
  const wait = Number(answer.headers['retry-after']);
  const gone = (performance.now() - began) / 1000;
  assert.ok(wait >= 15 * 60 - gone && wait <= 15 * 60, `Retry-After: ${wait} after ${gone} s`);
}

describe('wrong passwords', () => {
  test('for one account from one address: three, and then not even the right one', async () => {
    const { email } = await new_account();
    const address = new_address();
    const began = performance.now();
    for (let i = 0; i < 3; i++) await login(email, 'wrong horse', address, 'unauthorized');
    check_wait(await login(email, 'wrong horse', address, 'rate_limited'), began);
    check_wait(await login(email.toUpperCase(), RIGHT, address, 'rate_limited'), began);
    await login(email, RIGHT, new_address(), 200);
  });
  test('for an account that does not exist: the same, in the same words', async () => {
    const { email } = await new_account();
    const [known, unknown] = [[], []];
    for (const [answers, who] of [
      [known, email],
      [unknown, new_email()],
    ]) {
      const address = new_address();
      for (let i = 0; i < 5; i++) answers.push(await login(who, 'wrong horse', address));
    }
    const words = ({ status, body: { requestId, ...rest } }) => ({ status, ...rest });
    assert.deepEqual(known.map(words), unknown.map(words));
    assert.deepEqual(
      known.map(({ status }) => status),
      [401, 401, 401, 429, 429],
    );
  });
  test('for many accounts from one address: ten', async () => {
    const address = new_address();
    const { email } = await new_account();
    const began = performance.now();
    for (let i = 0; i < 10; i++) await login(new_email(), RIGHT, address, 'unauthorized');
    check_wait(await login(new_email(), RIGHT, address, 'rate_limited'), began);
    await login(email, RIGHT, address, 'rate_limited');
    await login(email, RIGHT, new_address(), 200);
  });
  test('all at once are no more than one by one', async () => {
    const { email } = await new_account();
    const address = new_address();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => login(email, 'wrong horse', address)),
    );
    const count = (status) => answers.filter((answer) => answer.status === status).length;
    assert.equal(count(401) + count(429), 20);
    assert.equal(count(401), 3);
  });
  test('right ones cost nothing', async () => {
    const { email } = await new_account();
    const address = new_address();
    for (let i = 0; i < 20; i++) await login(email, RIGHT, address, 200);
    for (let i = 0; i < 3; i++) await login(email, 'wrong horse', address, 'unauthorized');
  });
  test('where the current one has to be proven count as well', async () => {
    const { email, token } = await new_account();
    const change = (currentPassword, expect) =>
      server.api.patch('/api/users/me', {
        token,
        body: { password: 'another horse', currentPassword },
        expect,
      });
    const began = performance.now();
    for (let i = 0; i < 3; i++) await change('wrong horse', 403);
    check_wait(await change('wrong horse', 'rate_limited'), began);
    check_wait(await change(RIGHT, 'rate_limited'), began);
    const body = { password: 'wrong horse' };
    await server.api.delete('/api/users/me', { token, body, expect: 'rate_limited' });
    await login(email, RIGHT, new_address(), 200);
  });
});

describe('an attack from many addresses', () => {
  test('does not lock the owner out, at home or on the way', async () => {
    const { email } = await new_account();
    const home = new_address();
    await login(email, RIGHT, home, 200);
    const seen = { 401: 0, 429: 0 };
    for (let i = 0; i < 30; i++) {
      const address = new_address();
      for (let k = 0; k < 4; k++) seen[(await login(email, 'wrong horse', address)).status]++;
    }
    assert.ok(seen[401] <= 90, JSON.stringify(seen));
    assert.equal(seen[401] + seen[429], 120);
    await login(email, 'wrong horse', home, 'unauthorized');
    await login(email, RIGHT, home, 200);
    await login(email, RIGHT, new_address(), 200);
  });
  test('from the owner’s own address costs the others there nothing', async () => {
    const { email } = await new_account();
    const shared = new_address();
    await login(email, RIGHT, shared, 200);
    for (let i = 0; i < 12; i++) await login(new_email(), 'wrong horse', shared);
    await login(new_email(), 'wrong horse', shared, 'rate_limited');
    await login(email, RIGHT, shared, 200);
  });
});
