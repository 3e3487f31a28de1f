/** Hands a poll's address to whatever the device shares with, else to the clipboard. */
import type { Poll } from '~/api/client';

/** @returns whether the reader has to be told that the link was copied. */
export async function sharePoll({ id, title }: Poll): Promise<boolean> {
  const url = `${location.origin}/p/${id}`;
  if (navigator.share === undefined) {
    await navigator.clipboard.writeText(url);
    return true;
  }
  await navigator.share({ title, url }).catch(() => undefined); // the reader thought better
  return false;
}
