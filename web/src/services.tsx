/**
 * What the whole page shares: made once, handed down, so that a test can hand down its own.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useSyncExternalStore,
} from 'react';
import type { Poll } from './api/client';
import { ApiError } from './api/error';
import { useKeyed } from './lib/KeyedStore';
import { LiveConnection, type LiveState } from './live/connection';
import { type Live, NOTHING, ResultsStore } from './results/store';
import { Session } from './session/session';
import { Ballots } from './vote/ballots';
import { type Choice, ChoicesStore } from './vote/choices';

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
    if (change === 'joined') return;
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

/** The newest of one poll; only who shows this poll is drawn anew when it changes. */
export function useLiveResults(pollId: number): Live {
  return useKeyed(useServices().results, pollId) ?? NOTHING;
}

/** What the reader has done with a poll, here or before. */
export function useChoice(poll: Poll): Choice {
  const { choices } = useServices();
  useKeyed(choices, poll.id);
  return choices.of(poll);
}

/** Follows a poll while its picture is on the screen. */
export function useTrack(pollId: number, onScreen = true): void {
  const { live } = useServices();
  useEffect(() => (onScreen ? live.track(pollId) : undefined), [live, pollId, onScreen]);
}

export function useLiveState(): LiveState {
  const { live } = useServices();
  return useSyncExternalStore(
    useCallback((on: () => void) => live.subscribe(on), [live]),
    () => live.state,
  );
}
