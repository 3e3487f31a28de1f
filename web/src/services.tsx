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
import { ApiError } from './api/error';
import { LiveConnection, type LiveState } from './live/connection';
import { type Live, ResultsStore } from './results/store';
import { Session } from './session/session';

export interface Services {
  client: QueryClient;
  results: ResultsStore;
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
  const session = new Session(client);
  session.onChange(() => live.restart()); // the server tells each who they are what they may see
  return { client, results, live, session };
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

/** The newest result of one poll; only who shows this poll is drawn anew when it changes. */
export function useLiveResults(pollId: number): Live {
  const { results } = useServices();
  const subscribe = useCallback(
    (on: () => void) => results.subscribe(pollId, on),
    [results, pollId],
  );
  return useSyncExternalStore(subscribe, () => results.get(pollId));
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
