/**
 * What can be done with the options. The focus goes along with one that moves (React keeps
 * it), and where it is now is said.
 */
import { useLingui } from '@lingui/react/macro';
import { type RefObject, useState } from 'react';
import { flushSync } from 'react-dom';
import { useFieldArray } from 'react-hook-form';
import { useDraftForm } from './DraftForm';
import { glide, startDrag } from './drag';
import { focusField } from './focusField';
import { MAX_OPTIONS, MIN_OPTIONS } from './limits';
import { withPasted } from './order';
import { trimmed } from './text';

const STAY = { shouldFocus: false };

export function useOptions(list: RefObject<HTMLOListElement | null>) {
  const { t } = useLingui();
  const { form } = useDraftForm();
  const array = useFieldArray({ control: form.control, name: 'options' });
  const [said, say] = useState('');
  const count = array.fields.length;

  const texts = () => form.getValues('options').map(({ text }) => text);
  const nameOf = (index: number) => trimmed(texts()[index] ?? '') || t`Empty option`;
  const focus = (index: number) => focusField(`options.${index}.text`);
  const replace = (options: readonly string[]) =>
    flushSync(() => array.replace(options.map((text) => ({ text }))));
  const sayPlace = (index: number) => {
    const name = nameOf(index);
    const place = index + 1;
    say(t`${name}: now number ${place} of ${count}.`);
  };

  const add = () => {
    if (count >= MAX_OPTIONS) return;
    flushSync(() => array.append({ text: '' }, STAY));
    focus(count);
  };

  /** Enter: to the next one, behind the last to a new one. */
  const goOn = (index: number) => {
    if (index + 1 < count) focus(index + 1);
    else if (nameOf(index) !== t`Empty option`) add();
  };

  const remove = (index: number) => {
    if (count <= MIN_OPTIONS) return false;
    const name = nameOf(index);
    flushSync(() => array.remove(index));
    say(t`${name}: removed.`);
    return true;
  };

  /** Backspace in an empty one: on with the one before. */
  const removeBackwards = (index: number) => {
    if (remove(index)) focus(Math.max(0, index - 1));
  };

  const move = (from: number, to: number) => {
    if (list.current === null || to < 0 || to >= count) return;
    glide(list.current, () => array.move(from, to));
    sayPlace(to);
  };

  const drag = (row: HTMLElement, press: PointerEvent) => {
    const rows = list.current;
    if (rows === null) return;
    startDrag({
      list: rows,
      row,
      press,
      onMove: array.move,
      onEnd: () => sayPlace([...rows.children].indexOf(row)),
    });
  };

  const paste = (index: number, lines: readonly string[]) => {
    const { options, last, left } = withPasted(texts(), index, lines, MAX_OPTIONS);
    replace(options);
    focus(last);
    say(left === 0 ? '' : t`There was no room for ${left} more.`);
  };

  return {
    rows: array.fields,
    said,
    texts,
    replace,
    add,
    goOn,
    remove,
    removeBackwards,
    move,
    drag,
    paste,
  };
}

export type Options = ReturnType<typeof useOptions>;
