/**
 * A poll as a small widget in somebody else's page. It never leads that page anywhere: what
 * it links to opens in a tab of its own.
 */
import { useLingui } from '@lingui/react/macro';
import { useEffect, useLayoutEffect, useState } from 'react';
import { type BaseLocationHook, Router, useParams, useSearch } from 'wouter';
import { useBrowserLocation } from 'wouter/use-browser-location';
import { takeGivenPoll } from '~/api/given';
import { activateLocale } from '~/i18n/i18n';
import { applyTheme } from '~/lib/theme';
import { useServices } from '~/services';
import { embed } from '~/session/embedded';
import { Spinner } from '~/ui/Spinner';
import { type Options, optionsOf } from './options';
import { Widget } from './Widget';

/** Who signs in to vote comes back to the poll, not to its widget. */
function withoutFrame(to: string): string {
  const here = location.pathname + location.search;
  const poll = location.pathname.replace('/embed/', '/p/');
  return to.replace(encodeURIComponent(here), encodeURIComponent(poll));
}

/** Links of the page would show all of it in the frame. */
const useOutside: BaseLocationHook = () => {
  const [path] = useBrowserLocation();
  return [path, (to: string) => window.open(withoutFrame(to), '_blank', 'noopener')];
};

export function EmbedPage() {
  const { t } = useLingui();
  const { client, session } = useServices();
  const [options] = useState(optionsOf(useSearch()));
  const { id } = useParams<{ id: string }>();
  useState(() => {
    embed(session);
    takeGivenPoll(client, Number(id));
  });
  useLook(options);
  const isReady = useLocale(options.locale);
  if (!isReady) return <Spinner label={t`Loading…`} />;
  return (
    <Router hook={useOutside}>
      <Widget id={Number(id)} isTransparent={options.isTransparent} />
    </Router>
  );
}

function useLook({ theme, isTransparent }: Options): void {
  useLayoutEffect(() => {
    if (theme !== 'system') applyTheme(theme);
    document.documentElement.classList.toggle('bg-transparent', isTransparent);
    document.body.classList.add('min-w-0'); // a frame may be narrower than any phone
    return () => {
      applyTheme();
      document.documentElement.classList.remove('bg-transparent');
      document.body.classList.remove('min-w-0');
    };
  }, [theme, isTransparent]);
}

/** For the widget alone: what the reader chose for the page itself stays as it is. */
function useLocale(locale: Options['locale']): boolean {
  const { i18n } = useLingui();
  const [isReady, setReady] = useState(locale === null || locale === i18n.locale);
  useEffect(() => {
    if (isReady || locale === null) return;
    const show = () => setReady(true); // in the language that there is, if it must be
    activateLocale(locale).then(show, show);
  }, [isReady, locale]);
  return isReady;
}
