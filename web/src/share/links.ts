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

/** Room for a title of two lines, each option's bar, and the buttons; what is more scrolls. */
export function embedHeight({ options }: Pick<Poll, 'options'>): number {
  return Math.min(260 + 60 * options.length, 800);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** All that the widget needs: the host's browser keeps it from anything else. */
export const SANDBOX =
  'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';

/** What to paste into the source of another page. */
export function embedSnippet(poll: Pick<Poll, 'id' | 'title' | 'options'>): string {
  const title = escapeAttribute(poll.title);
  return `<iframe src="${embedUrl(poll.id)}" title="${title}" loading="lazy" width="100%" height="${embedHeight(poll)}" style="border: 0; max-width: 40rem" sandbox="${SANDBOX}"></iframe>`;
}
