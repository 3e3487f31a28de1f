/** Where a poll is to be found: by people, on a screen, inside other pages. */
import type { Poll } from '~/api/client';

export function pollUrl(id: number): string {
  return `${location.origin}/p/${id}`;
}

export function presentPath(id: number): string {
  return `/present/${id}`;
}

export function embedUrl(id: number): string {
  return `${location.origin}/embed/${id}`;
}

/** Room for the title, each option, and the buttons; what is more scrolls. */
export function embedHeight({ options }: Pick<Poll, 'options'>): number {
  return Math.min(250 + 58 * options.length, 800);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** What to paste into the source of another page. */
export function embedSnippet(poll: Pick<Poll, 'id' | 'title' | 'options'>): string {
  const title = escapeAttribute(poll.title);
  return `<iframe src="${embedUrl(poll.id)}" title="${title}" loading="lazy" width="100%" height="${embedHeight(poll)}" style="border: 0; max-width: 40rem"></iframe>`;
}
