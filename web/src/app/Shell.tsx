/** What is around every screen but the projector's and the widget's. */
import { Trans, useLingui } from '@lingui/react/macro';
import { type ReactNode, Suspense, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { onDemandLater } from '~/loading/onDemand';
import { IconButton } from '~/ui/Button';
import { ErrorBoundary } from './ErrorBoundary';
import type { DialogName } from './Extras';
import { MainNav } from './MainNav';
import { useScrollToTop } from './useScrollToTop';

/** What nobody needs at first sight: the state of what is not yet shown, dialogs, keys. */
const LiveBadge = onDemandLater('live', () =>
  import('~/live/LiveBadge').then((m) => m.LiveBadge),
);
const Extras = onDemandLater('settings', () => import('./Extras').then((m) => m.Extras));

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  const [path] = useLocation();
  const [dialog, setDialog] = useState<DialogName | null>(null);
  useScrollToTop(path);
  return (
    <div className="frame flex flex-col">
      <SkipLink />
      <header className="frame-top z-10 border-b border-line bg-ground">
        <div className="mx-auto flex h-full max-w-5xl items-center gap-2 px-3">
          <Link
            href="/"
            className="one-line me-auto h-11 min-w-[44px] shrink-[99] gap-x-2 text-lg font-bold *:h-11"
          >
            <img src="/favicon.svg" alt="" className="w-7" />
            <span className="leading-11">Pollux</span>
          </Link>
          <Suspense>
            <LiveBadge />
          </Suspense>
          <MainNav />
          <IconButton
            icon="settings"
            label={t`Settings`}
            onClick={() => setDialog('settings')}
          />
        </div>
      </header>
      <ErrorBoundary key={path}>{children}</ErrorBoundary>
      <Suspense>
        <Extras dialog={dialog} onDialog={setDialog} />
      </Suspense>
    </div>
  );
}

function SkipLink() {
  return (
    <a
      href="#main"
      className="sr-only focus:not-sr-only focus:fixed focus:top-1 focus:start-1 focus:z-20 focus:rounded-xl focus:bg-card focus:px-4 focus:py-3 focus:shadow-card"
    >
      <Trans>To the content</Trans>
    </a>
  );
}
