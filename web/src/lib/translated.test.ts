import { afterEach, beforeEach, expect, test } from 'vitest';
import { standTranslation } from './translated';

const { removeChild, insertBefore } = Node.prototype;
beforeEach(standTranslation);
afterEach(() => {
  Object.assign(Node.prototype, { removeChild, insertBefore });
});

/** <p>one<b>two</b></p>, and "one" as a translator leaves it. */
function translated() {
  const parent = document.createElement('p');
  const text = document.createTextNode('one');
  const next = document.createElement('b');
  parent.append(text, next);
  const font = document.createElement('font');
  text.replaceWith(font);
  font.append(text);
  return { parent, text, font, next };
}

test('a text that was moved is taken out with what it was moved into', () => {
  const { parent, text } = translated();
  expect(parent.removeChild(text)).toBe(text);
  expect(parent.innerHTML).toBe('<b></b>');
});

test('what goes before a text that was moved goes before what that is in', () => {
  const { parent, text } = translated();
  parent.insertBefore(document.createElement('i'), text);
  expect(parent.innerHTML).toBe('<i></i><font>one</font><b></b>');
});

test('a text that is gone leaves everything else where it is', () => {
  const { parent, text } = translated();
  text.remove();
  parent.removeChild(text);
  parent.insertBefore(document.createElement('i'), text);
  expect(parent.innerHTML).toBe('<font></font><b></b><i></i>');
});

test('what goes before nothing named goes to the end', () => {
  const { parent } = translated();
  const insert = parent.insertBefore.bind(parent) as (node: Node, before?: Node) => Node;
  insert(document.createElement('i'));
  insert(document.createElement('u'), undefined);
  expect(parent.innerHTML).toBe('<font>one</font><b></b><i></i><u></u>');
});
