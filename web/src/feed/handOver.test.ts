import { expect, test } from 'vitest';
import { focusAgain, whatHadFocus } from './handOver';

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

test('the focus goes over to the card that takes the place', () => {
  const before = card();
  radio(before, 1).focus();
  const focused = whatHadFocus(before);
  const after = card();
  focusAgain(after, focused);
  expect(document.activeElement).toBe(radio(after, 1));
});

test('a card that nobody touched leaves the focus where it is', () => {
  const focused = whatHadFocus(card());
  const after = card();
  focusAgain(after, focused);
  expect(document.activeElement).toBe(document.body);
});
