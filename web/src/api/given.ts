/** The poll in the document (src/api/poll_document.c): what a stranger may see of it. */
import type { QueryClient } from '@tanstack/react-query';
import { bearerToken } from './client';
import { pollQuery } from './queries';

/** Takes it, once, as the answer for that poll: unless somebody asks whom the document did not know. */
export function takeGivenPoll(client: QueryClient, id: number): void {
  const block = document.getElementById('poll');
  block?.remove(); // later it is out of date
  const poll = JSON.parse(block?.textContent || 'null');
  if (poll?.id === id && !bearerToken()) client.setQueryData(pollQuery(id).queryKey, poll);
}
