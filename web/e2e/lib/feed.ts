/** What tests of the feed do again and again: polls of their own, and where the reader is. */
import { expect, type Page } from '@playwright/test';
import type { Account, Server } from './test';

/** Polls of one tag, "1" the newest: the feed begins with it. The ids in that order. */
export async function feedOf(
  server: Server,
  owner: Account,
  tag: string,
  count: number,
  over: Record<string, unknown> = {},
): Promise<number[]> {
  const ids: number[] = [];
  for (let n = count; n >= 1; n--) {
    const poll = await server.api.create_poll(owner.token, {
      title: titleOf(tag, n),
      tags: [tag],
      ...over,
    });
    ids.unshift(poll.id);
  }
  return ids;
}

export function titleOf(tag: string, n: number): string {
  return `${tag} ${n}`;
}

/** Opens the feed, with all that is fetched after the first poll. */
export async function openFeed(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole('combobox', { name: 'Order' })).toBeVisible();
}

/** The title of the card that begins where the feed's area begins, to the pixel. */
function titleInPlace(page: Page): Promise<string | null> {
  return page.getByRole('feed').evaluate((feed) => {
    const { top } = feed.getBoundingClientRect();
    const inPlace = [...feed.querySelectorAll('[data-slot]')].find(
      (slot) => Math.abs(slot.getBoundingClientRect().top - top) < 1,
    );
    return inPlace?.querySelector('h2')?.textContent ?? null;
  });
}

/** Waits until the card fills the screen. */
export async function expectReading(page: Page, title: string): Promise<void> {
  await expect.poll(() => titleInPlace(page)).toBe(title);
}

export function card(page: Page, title: string) {
  return page.getByRole('article', { name: title, exact: true });
}

type Point = { x: number; y: number };

/** Nothing scrolls any more: a finger that comes down before only stops that. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const FRAMES = 15;
    const places = () =>
      [...document.querySelectorAll('*')].map((one) => one.scrollTop).join();
    let last = places();
    for (let alike = 0; alike < FRAMES; alike++) {
      await new Promise(requestAnimationFrame);
      if (places() !== last) alike = 0;
      last = places();
    }
  });
}

/** A finger that goes down, along a straight way, and up. */
export async function drawFinger(page: Page, from: Point, to: Point): Promise<void> {
  const STEPS = 12;
  await atRest(page);
  const browser = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: Point[]) =>
    browser.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', [from]);
  for (let i = 1; i <= STEPS; i++) {
    const x = from.x + ((to.x - from.x) * i) / STEPS;
    const y = from.y + ((to.y - from.y) * i) / STEPS;
    await touch('touchMove', [{ x, y }]);
  }
  await touch('touchEnd', []);
  await browser.detach();
}
