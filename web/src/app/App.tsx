/** The page: its frame and its screens, each of which is fetched when it is first opened. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { type ReactNode, Suspense, useState } from 'react';
import { Route, Switch } from 'wouter';
import { takeGivenPoll } from '~/api/given';
import { pollQuery } from '~/api/queries';
import { FeedPage } from '~/feed/FeedPage';
import { onDemand, onDemandLater } from '~/loading/onDemand';
import { Waiting } from '~/loading/Waiting';
import { createServices, ServicesProvider, useServices } from '~/services';
import { ErrorBoundary } from './ErrorBoundary';
import { Shell } from './Shell';

const PollPage = onDemand('poll', () => import('~/poll/PollPage').then((m) => m.PollPage));
const CreatePage = onDemand('create', () =>
  import('~/create/CreatePage').then((m) => m.CreatePage),
);
const PresentPage = onDemand('present', () =>
  import('~/present/PresentPage').then((m) => m.PresentPage),
);
const AccountPage = onDemand('account', () =>
  import('~/account/AccountPage').then((m) => m.AccountPage),
);
const SignInPage = onDemand('account', () =>
  import('~/account/SignInPage').then((m) => m.SignInPage),
);
const RegisterPage = onDemand('account', () =>
  import('~/account/RegisterPage').then((m) => m.RegisterPage),
);
const LeaderboardPage = onDemand('leaderboard', () =>
  import('~/leaderboard/LeaderboardPage').then((m) => m.LeaderboardPage),
);

const Company = onDemandLater('settings', () => import('./Company').then((m) => m.Company));
const NotFound = onDemand('app', () => import('./NotFound').then((m) => m.NotFound));

export function App() {
  const [services] = useState(createServices);
  return (
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <ErrorBoundary>
          <Switch>
            <Route path="/present/:id">
              <Loaded>
                <PresentPage />
              </Loaded>
              <Suspense>
                <Company />
              </Suspense>
            </Route>
            <Route>
              <Shell>
                <Loaded>
                  <Screens />
                </Loaded>
              </Shell>
            </Route>
          </Switch>
        </ErrorBoundary>
      </ServicesProvider>
    </I18nProvider>
  );
}

function Loaded({ children }: { children: ReactNode }) {
  return <Suspense fallback={<Waiting />}>{children}</Suspense>;
}

/** What a QR code leads to: its poll is asked for while its code is on the way. */
function PollScreen({ id }: { id: number }) {
  const { client } = useServices();
  useState(() => {
    takeGivenPoll(client, id);
    if (id > 0) void client.prefetchQuery(pollQuery(id));
  });
  return <PollPage />;
}

function Screens() {
  return (
    <Switch>
      <Route path="/" component={FeedPage} />
      <Route path="/p/:id">{({ id }) => <PollScreen id={Number(id)} />}</Route>
      <Route path="/new" component={CreatePage} />
      <Route path="/leaderboard" component={LeaderboardPage} />
      <Route path="/account" component={AccountPage} />
      <Route path="/sign-in" component={SignInPage} />
      <Route path="/register" component={RegisterPage} />
      <Route component={NotFound} />
    </Switch>
  );
}
