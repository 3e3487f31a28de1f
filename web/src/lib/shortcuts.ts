/**
 * Keys that do something wherever the focus is. They never take a key from a control, from
 * what is being typed, or from the browser; those of one character can be switched off.
 */
import { useLayoutEffect, useRef } from 'react';
import { remember, remembered } from './remember';

/** By the key's name in small letters: caps lock changes nothing. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const OFF = 'shortcuts.off';
const SCROLL_KEYS = ['arrowup', 'arrowdown', 'pageup', 'pagedown'];

export function shortcutsAreOn(): boolean {
  return remembered(OFF) === null;
}

export function switchShortcuts(on: boolean): void {
  remember(OFF, on ? null : 'yes');
}

function isTyping(target: Element): boolean {
  return (
    target.closest('input:not([type=radio], [type=checkbox]), textarea, select') !== null ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

/** Whether the control that has the focus means something else by the key. */
function isTaken(key: string, target: Element): boolean {
  if (isTyping(target)) return true;
  if (key === ' ' || key === 'enter')
    return target.closest('a, button, summary, input, [role=button]') !== null;
  return SCROLL_KEYS.includes(key) && target.closest('input') !== null;
}

/** WCAG 2.1.4 is about letters, digits and signs; the space bar is none of them. */
function isSingleCharacter(key: string): boolean {
  return key.length === 1 && key !== ' ';
}

/** The key that a shortcut may answer to, or null. */
export function shortcutOf(event: KeyboardEvent): string | null {
  const { target } = event;
  const key = event.key.toLowerCase();
  if (event.defaultPrevented || event.isComposing) return null;
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (document.querySelector('dialog[open]') !== null) return null;
  if (target instanceof Element && isTaken(key, target)) return null;
  return isSingleCharacter(key) && !shortcutsAreOn() ? null : key;
}

/** While the component is there: from its first sight on, not a moment later. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useLayoutEffect(() => {
    latest.current = shortcuts;
  });
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = shortcutOf(event);
      if (key === null || !Object.hasOwn(latest.current, key)) return;
      event.preventDefault();
      latest.current[key]?.(event);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
