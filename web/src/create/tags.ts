/** Tags as they are typed. */
import { trimmed } from './text';

/** Between tags, and never part of one. */
const BETWEEN = /[\s,;#]+/;

export function endsTag(text: string): boolean {
  return /[\s,;]$/.test(text) && trimmed(text) !== '';
}

/** Those in a typed text that are not there yet, in lower case as the server keeps them. */
export function newTags(tags: readonly string[], text: string): string[] {
  const typed = trimmed(text).toLowerCase().split(BETWEEN);
  return [...new Set(typed)].filter((tag) => tag !== '' && !tags.includes(tag));
}
