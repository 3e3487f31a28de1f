/** Where the reader was in each list, for when they come back from another screen. */
import { type Filter, hrefOf } from './filter';

export interface Place {
  pollId: number;
  /** How far into the card, where it is taller than the screen. */
  offset: number;
}

const places = new Map<string, Place>();

export function placeIn(filter: Filter): Place | undefined {
  return places.get(hrefOf(filter));
}

export function rememberPlace(filter: Filter, place: Place): void {
  places.set(hrefOf(filter), place);
}
