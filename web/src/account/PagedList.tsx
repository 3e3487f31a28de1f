/** A list that comes page by page, on demand. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { Fragment, type ReactNode, useEffect, useRef } from 'react';
import { sentenceOf } from '~/api/sentence';
import { Button } from '~/ui/Button';
import { Notice } from '~/ui/Notice';
import { Spinner } from '~/ui/Page';
import { itemsOf, type PageOf } from './queries';

interface PagedListProps<T> {
  query: UseInfiniteQueryResult<InfiniteData<PageOf<T>>>;
  keyOf: (item: T) => number;
  /** Shown where there is nothing. */
  empty: ReactNode;
  /** One `li`, with a link in it. */
  children: (item: T) => ReactNode;
}

export function PagedList<T>({ query, keyOf, empty, children }: PagedListProps<T>) {
  const { t, i18n } = useLingui();
  const items = itemsOf(query.data);
  const [list, goOn] = useFocusOnNews(items?.length ?? 0);
  if (items === undefined && query.isPending) return <Spinner label={t`Loading…`} />;
  const loadMore = () => {
    goOn();
    void query.fetchNextPage();
  };
  return (
    <>
      {query.error !== null && (
        <Notice>
          {sentenceOf(i18n, query.error)}{' '}
          <button type="button" className="underline" onClick={() => void query.refetch()}>
            <Trans>Try again</Trans>
          </button>
        </Notice>
      )}
      {items?.length === 0 && empty}
      <ul ref={list} className="flex flex-col gap-3 empty:hidden">
        {items?.map((item) => (
          <Fragment key={keyOf(item)}>{children(item)}</Fragment>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button onClick={loadMore} disabled={query.isFetching}>
          <Trans>Load more</Trans>
        </Button>
      )}
    </>
  );
}

/** The button may go with the last page: the focus goes to the first line that it brought. */
function useFocusOnNews(length: number) {
  const list = useRef<HTMLUListElement>(null);
  const from = useRef<number | null>(null);
  useEffect(() => {
    if (from.current === null || length <= from.current) return;
    list.current?.children[from.current]?.querySelector('a')?.focus();
    from.current = null;
  }, [length]);
  const goOn = () => {
    from.current = length;
  };
  return [list, goOn] as const;
}
