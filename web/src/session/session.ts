/**
 * Who is here. A newcomer is nobody until the first vote, which makes a guest of them. The
 * session itself is a cookie that scripts cannot see; a mark in the browser's memory says
 * whether it is worth asking for.
 */
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { api, data, type Me, setOnUnauthorized } from '~/api/client';
import { isCode } from '~/api/error';
import { remember, remembered } from '~/app/remember';

const MARK = 'session';

async function whoAmI(): Promise<Me | null> {
  if (remembered(MARK) === null) return null;
  return askWhoAmI();
}

async function askWhoAmI(): Promise<Me | null> {
  try {
    const me = await data(api.GET('/api/users/me'));
    remember(MARK, 'yes');
    return me;
  } catch (error) {
    if (isCode(error, 'unauthorized')) return null;
    throw error;
  }
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: whoAmI,
  staleTime: 60_000,
});

/** null: nobody yet. undefined: not known yet. */
export function useMe(): Me | null | undefined {
  return useQuery(meQuery).data;
}

/** joined: a newcomer became a guest, all that they see stays. switched: it may not. */
export type SessionChange = 'joined' | 'switched';

export class Session {
  private joining: Promise<void> | null = null;
  private readonly listeners = new Set<(change: SessionChange) => void>();

  constructor(private readonly client: QueryClient) {
    setOnUnauthorized(() => this.forget());
  }

  /** Called with every change of who is here. */
  onChange(listener: (change: SessionChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Makes a guest of a newcomer; once, also when two votes ask at the same time. */
  ensure(): Promise<void> {
    this.joining ??= this.join().finally(() => {
      this.joining = null;
    });
    return this.joining;
  }

  private async join(): Promise<void> {
    if ((await this.client.ensureQueryData(meQuery)) !== null) return;
    const me = await askWhoAmI(); // the mark may be gone, and the cookie not
    if (me !== null) this.client.setQueryData(meQuery.queryKey, me);
    else {
      await data(api.POST('/api/auth/guest'));
      await this.changed('joined');
    }
  }

  /** After the cookie has changed: registered, signed in, joined, a new password. */
  async changed(change: SessionChange = 'switched'): Promise<void> {
    remember(MARK, 'yes');
    this.client.setQueryData(meQuery.queryKey, await askWhoAmI());
    this.tell(change);
  }

  async signOut(): Promise<void> {
    await this.forget();
  }

  private async forget(): Promise<void> {
    remember(MARK, null);
    await api.POST('/api/auth/logout').catch(() => undefined);
    this.client.setQueryData(meQuery.queryKey, null);
    this.tell('switched');
  }

  private tell(change: SessionChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
