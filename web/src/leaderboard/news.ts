/** What is worth saying about a list that has changed: the one biggest piece of news. */
import type { Schemas } from '~/api/client';

export type Place = Schemas['Place'];

export interface News {
  kind: 'leads' | 'climbs' | 'enters';
  title: string;
  rank: number;
}

/** A new leader before all, then the highest place that somebody took from another. */
export function newsOf(before: readonly Place[], after: readonly Place[]): News | null {
  const ranks = new Map(before.map(({ poll, rank }) => [poll.id, rank]));
  for (const { poll, rank } of after) {
    const old = ranks.get(poll.id);
    if (old !== undefined && old <= rank) continue;
    const kind = rank === 1 ? 'leads' : old === undefined ? 'enters' : 'climbs';
    return { kind, title: poll.title, rank };
  }
  return null;
}
