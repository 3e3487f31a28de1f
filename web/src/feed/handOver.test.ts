import { expect, test } from 'vitest';
import { touchAgain, whatWasTouched } from './handOver';

function card(): HTMLElement {
  const article = document.createElement('article');
  article.innerHTML = `<a href="/">first</a><form>
    <input type="radio" name="a" value="0"><input type="radio" name="a" value="1">
    <button type="submit">Vote</button></form>`;
  document.body.replaceChildren(article);
  return article;
}

function radio(within: HTMLElement, value: number): HTMLInputElement {
  const found = within.querySelector<HTMLInputElement>(`[value="${value}"]`);
  if (found === null) throw new Error('no such radio button');
  return found;
}

test('what was chosen, and the focus, go over to the card that takes the place', () => {
  const before = card();
  radio(before, 1).click();
  before.querySelector('button')?.focus();
  const touched = whatWasTouched(before);
  const after = card();
  touchAgain(after, touched);
  expect(radio(after, 1).checked).toBe(true);
  expect(document.activeElement).toBe(after.querySelector('button'));
});

test('a card that nobody touched leaves the focus where it is', () => {
  const touched = whatWasTouched(card());
  const after = card();
  touchAgain(after, touched);
  expect(after.querySelector(':checked')).toBeNull();
  expect(document.activeElement).toBe(document.body);
});
