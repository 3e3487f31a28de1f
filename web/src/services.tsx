/**
 * What the whole page shares: made once, handed down, so that a test can hand down its own.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import { ApiError } from './api/error';
import { LiveConnection } from './live/connection';
import { ResultsStore } from './results/store';
import { Session } from './session/session';
import { Ballots } from './vote/ballots';
import { ChoicesStore } from './vote/choices';

export interface Services {
  client: QueryClient;
  results: ResultsStore;
  choices: ChoicesStore;
  ballots: Ballots;
  live: LiveConnection;
  session: Session;
}

export function createServices(): Services {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false, // counts come over the live connection
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiError && error.isTransient,
      },
    },
  });
  const results = new ResultsStore();
  const live = new LiveConnection(results);
  const choices = new ChoicesStore();
  const session = new Session(client);
  const ballots = new Ballots({ client, results, choices, session });
  session.onChange((change) => {
    live.restart(); // it tells the server who we are
    results.keepShown = change === 'expired';
    if (change === 'joined' || change === 'expired') return;
    results.clear(); // somebody else may see other results, and has other votes
    choices.clear();
    ballots.clear();
    void client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' });
  });
  return { client, results, choices, ballots, live, session };
}

const Context = createContext<Services | null>(null);

export function ServicesProvider({
  services,
  children,
}: {
  services: Services;
  children: ReactNode;
}) {
  return (
    <Context value={services}>
      <QueryClientProvider client={services.client}>{children}</QueryClientProvider>
    </Context>
  );
}

export function useServices(): Services {
  const services = useContext(Context);
  if (services === null) throw new Error('no ServicesProvider above');
  return services;
}
