/** Somebody else's page, which has widgets in it, and who looks at it. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Frame, Locator, Page } from '@playwright/test';
import { expect, type Server, watch } from './test';

const DOCS = readFileSync(new URL('../../../docs/embed.md', import.meta.url), 'utf8');
const SAMPLE = 'https://polls.example.org/embed/12';

/** The only block of code in that language. */
export function fromDocs(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(DOCS) ?? [];
  if (code === undefined) throw new Error(`docs/embed.md has no ${language}`);
  return code;
}

/** Word for word but for the address. */
export function snippet(src: string): string {
  const code = fromDocs('html');
  if (!code.includes(SAMPLE)) throw new Error(`docs/embed.md does not show ${SAMPLE}`);
  return code.replace(SAMPLE, src);
}

let host: HttpServer;
let body = '';

/** Before all tests of a file. */
export async function startHost(): Promise<void> {
  host = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    answer.end(`<!doctype html><title>Somebody else's page</title><body>${body}`);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
}

/** After all of them. */
export function stopHost(): void {
  host.closeAllConnections();
  host.close();
}

export const hostUrl = () => `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
/** The same server under a name that makes it another site than the host. */
export const pollux = (server: Server) => `http://localhost:${server.port}`;

export interface Guest {
  context: BrowserContext;
  page: Page;
  /** What went wrong, but for those that are expected. */
  wrong: string[];
}

export const LOOK = { locale: 'en-US', viewport: { width: 900, height: 700 } };

/** Its browser forbids frames of other sites to store anything, as private windows do. */
export async function visitor(
  browser: Browser,
  server: Server,
  expected: RegExp[] = [],
): Promise<Guest> {
  return guestOf(await browser.newContext(LOOK), server, expected);
}

export async function guestOf(
  context: BrowserContext,
  server: Server,
  expected: RegExp[] = [],
): Promise<Guest> {
  const own = [new RegExp(`^asked ${hostUrl()}`), /401 .*\/api\/users\/me/];
  const wrong = watch(context, pollux(server), [...own, ...expected]);
  return { context, page: await context.newPage(), wrong };
}

/** Not a private window, and frames may store what is kept apart for their host. */
export function profileThatStores(folder: string): string {
  mkdirSync(`${folder}/Default`, { recursive: true });
  const profile = { cookie_controls_mode: 0, block_third_party_cookies: false };
  writeFileSync(`${folder}/Default/Preferences`, JSON.stringify({ profile }));
  return folder;
}

export async function show(page: Page, html: string): Promise<void> {
  body = html;
  await page.goto(hostUrl());
}

/** It is fetched lazily. */
export async function frameOf(iframe: Locator): Promise<Frame> {
  const frame = await (await iframe.elementHandle())?.contentFrame();
  if (frame == null) throw new Error('no frame');
  await expect.poll(() => frame.url()).not.toMatch(/^(about:|$)/);
  return frame;
}

/** Opens the host's page; the only frame in it. */
export async function openHost(page: Page, html: string): Promise<Frame> {
  await show(page, html);
  return frameOf(page.locator('iframe'));
}

export async function end({ context, wrong }: Guest): Promise<void> {
  await context.close();
  expect(wrong).toEqual([]);
}
