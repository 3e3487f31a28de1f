/** Which polls the feed shows, kept in the address: it can be shared, and "back" works. */
export const SORTS = ['new', 'hot', 'closing'] as const;
export type Sort = (typeof SORTS)[number];

export interface Filter {
  readonly tags: readonly string[];
  readonly q: string;
  readonly sort: Sort;
  /** Polls that are over, seen or not, in place of those to vote on. */
  readonly closed?: boolean | undefined;
}

const MOST_TAGS = 10; // the server's limit

export function filterOf(search: string): Filter {
  const params = new URLSearchParams(search);
  const tags = [...new Set(params.getAll('tag').filter(Boolean))];
  return {
    tags: tags.slice(0, MOST_TAGS),
    q: params.get('q')?.trim() ?? '',
    sort: SORTS.find((sort) => sort === params.get('sort')) ?? 'new',
    closed: params.get('status') === 'closed' || undefined,
  };
}

export function hrefOf({ tags, q, sort, closed }: Filter): string {
  const params = new URLSearchParams(tags.map((tag) => ['tag', tag]));
  if (q !== '') params.set('q', q);
  if (sort !== 'new') params.set('sort', sort);
  if (closed) params.set('status', 'closed');
  return params.size === 0 ? '/' : `/?${params}`;
}

export function toggleTag(filter: Filter, tag: string): Filter {
  const others = filter.tags.filter((chosen) => chosen !== tag);
  const wasChosen = others.length < filter.tags.length;
  return { ...filter, tags: wasChosen ? others : [...filter.tags, tag] };
}

/** Everything that may hide a poll; the order hides none. */
export function isNarrowed({ tags, q }: Filter): boolean {
  return tags.length > 0 || q !== '';
}
