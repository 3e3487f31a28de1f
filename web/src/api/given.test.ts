import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, test } from 'vitest';
import { now } from '~/lib/clock';
import { setBearer } from './client';
import { takeGivenPoll } from './given';
import { pollQuery } from './queries';

function give(text: string): void {
  const block = document.createElement('script');
  block.type = 'application/json';
  block.id = 'poll';
  block.dataset.now = new Date(Date.now() + 600_000).toUTCString();
  block.textContent = text;
  document.head.append(block);
}

const taken = (client: QueryClient, id: number) =>
  client.getQueryData(pollQuery(id).queryKey);

afterEach(() => {
  setBearer(null);
  document.getElementById('poll')?.remove();
});

test('what the document carries is the answer for its poll, once', () => {
  const client = new QueryClient();
  give('{"id":7,"title":"Tea?"}');
  takeGivenPoll(client, 7);
  expect(taken(client, 7)).toMatchObject({ id: 7, title: 'Tea?' });
  const later = new QueryClient();
  takeGivenPoll(later, 7);
  expect(taken(later, 7)).toBeUndefined();
});

test('the document says what time it is for the server', () => {
  give('{"id":7,"title":"Tea?"}');
  takeGivenPoll(new QueryClient(), 7);
  expect(Math.abs(now() - Date.now() - 600_000)).toBeLessThan(120_000);
});

test('another poll is asked for, and so is this one where there is none', () => {
  const client = new QueryClient();
  give('{"id":7,"title":"Tea?"}');
  takeGivenPoll(client, 8);
  expect(taken(client, 7)).toBeUndefined();
  expect(taken(client, 8)).toBeUndefined();
  takeGivenPoll(client, 7);
  expect(taken(client, 7)).toBeUndefined();
});

test('whoever has a token asks, since the document did not know them', () => {
  const client = new QueryClient();
  setBearer('a-token');
  give('{"id":7,"title":"Tea?"}');
  takeGivenPoll(client, 7);
  expect(taken(client, 7)).toBeUndefined();
});
