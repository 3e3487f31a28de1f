/** Where the reader was in each list, for when they come back from another screen. */
import type { QueryClient } from '@tanstack/react-query';
import { type Filter, hrefOf } from './filter';

export interface Place {
  pollId: number;
  /** How far into the card, where it is taller than the screen. */
  offset: number;
}

/** As long as there are lists. */
const places = new WeakMap<QueryClient, Map<string, Place>>();

export function placeIn(client: QueryClient, filter: Filter): Place | undefined {
  return places.get(client)?.get(hrefOf(filter));
}

export function rememberPlace(client: QueryClient, filter: Filter, place: Place): void {
  const known = places.get(client) ?? new Map<string, Place>();
  places.set(client, known.set(hrefOf(filter), place));
}
