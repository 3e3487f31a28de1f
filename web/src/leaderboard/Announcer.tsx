/** Tells screen readers about the list: seldom, politely, and one thing at a time. */
import { useLingui } from '@lingui/react/macro';
import { useEffect, useRef, useState } from 'react';
import { type News, newsOf, type Place } from './news';

export const QUIET_MS = 10_000;

/** What has changed in the meantime is said together, when it is time again. */
function useNews(places: readonly Place[]): News | null {
  const said = useRef(places);
  const newest = useRef(places);
  const [news, setNews] = useState<News | null>(null);

  useEffect(() => {
    newest.current = places;
  }, [places]);

  useEffect(() => {
    const timer = setInterval(() => {
      setNews(newsOf(said.current, newest.current));
      said.current = newest.current;
    }, QUIET_MS);
    return () => clearInterval(timer);
  }, []);

  return news;
}

export function Announcer({ places }: { places: readonly Place[] }) {
  const news = useNews(places);
  return (
    <p role="status" className="sr-only">
      {news !== null && <Sentence news={news} />}
    </p>
  );
}

function Sentence({ news }: { news: News }) {
  const { t } = useLingui();
  const { kind, title, rank } = news;
  switch (kind) {
    case 'leads':
      return t`“${title}” is first now.`;
    case 'climbs':
      return t`“${title}” climbs to place ${rank}.`;
    case 'enters':
      return t`“${title}” enters at place ${rank}.`;
  }
}
