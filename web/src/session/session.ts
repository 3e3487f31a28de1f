/**
 * Who is here. A newcomer is nobody until the first vote, which makes a guest of them. The
 * session itself is a cookie that scripts cannot see; a mark in the browser's memory says
 * whether it is worth asking for.
 */
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import {
  api,
  data,
  type Me,
  type Schemas,
  sessionEra,
  setSessionHolder,
} from '~/api/client';
import { ApiError, isCode } from '~/api/error';
import { inTurn } from '~/api/retry';
import { remember, remembered } from '~/lib/remember';

export const MARK = 'session';

/** Asks once more where the session has changed meanwhile: the answer is about another. */
async function whoAmI(): Promise<Me | null> {
  const era = sessionEra();
  const me = remembered(MARK) === null ? null : await askWhoAmI();
  return era === sessionEra() ? me : whoAmI();
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

/** Asked for anew by whatever shows it next. */
const STALE_ME = { queryKey: meQuery.queryKey, refetchType: 'none' } as const;

const NEWCOMER = {
  username: null,
  email: null,
  kind: 'guest',
  votesToday: 0,
  votesLeftToday: null,
} as const;

/** null: nobody yet. undefined: not known yet. */
export function useMe(): Me | null | undefined {
  return useQuery(meQuery).data;
}

/**
 * joined: a guest came or went, all that they see stays. expired: so does what a user saw,
 * until they are back or somebody else comes. switched: it may not. left: signed out, and
 * whoever is here now may be another.
 */
export type SessionChange = 'joined' | 'expired' | 'switched' | 'left';

/** Where a widget keeps its token; the page itself has its cookie, and none (embedded.ts). */
export interface TokenKeeper {
  keep(granted: Schemas['Session']): Promise<void>;
  /** Another widget of the same place may have one. */
  find(): void;
  drop(): void;
}

export class Session {
  tokens: TokenKeeper | null = null;
  /** Counts the changes of who is here. */
  era = 0;
  /** A user's session has ended, and not because they signed out. */
  hasExpired = false;
  private expiredId: number | null = null;
  private readonly queue = new Set<() => void>();
  private joining: Promise<void> | null = null;
  private leaving: Promise<void> | null = null;
  private readonly listeners = new Set<(change: SessionChange) => void>();

  constructor(private readonly client: QueryClient) {
    setSessionHolder(this);
  }

  /** Called with every change of who is here. */
  onChange(listener: (change: SessionChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get userId(): number | null {
    return this.client.getQueryData(meQuery.queryKey)?.id ?? null;
  }

  /**
   * Makes a guest of a newcomer; once, also when two votes ask at the same time. Where many
   * join at once it waits its turn, and says so. A user whose session has ended is no guest.
   */
  ensure(onQueued: () => void = () => {}): Promise<void> {
    if (this.hasExpired && this.userId === null)
      return Promise.reject(ApiError.of('unauthorized'));
    this.queue.add(onQueued);
    this.joining ??= this.join().finally(() => {
      this.joining = null;
      this.queue.clear();
    });
    return this.joining;
  }

  private async join(): Promise<void> {
    await this.leaving; // its answer would take the new cookie away
    this.tokens?.find();
    if ((await this.client.ensureQueryData(meQuery)) !== null) return;
    const known = await askWhoAmI(); // the mark may be gone, and the cookie not
    this.arrive(known ?? (await this.becomeGuest()), 'joined');
    // what a guest's answer does not say is asked for later: the vote does not wait for it
    if (known === null) void this.client.invalidateQueries(STALE_ME);
  }

  private async becomeGuest(): Promise<Me> {
    const granted = await inTurn(
      () => data(api.POST('/api/auth/guest')),
      () => {
        for (const tell of this.queue) tell();
      },
    );
    await this.tokens?.keep(granted);
    remember(MARK, 'yes');
    return { ...NEWCOMER, id: granted.user.id, createdAt: new Date().toISOString() };
  }

  /** After the cookie has changed: registered, signed in, a new password. */
  async changed(): Promise<void> {
    this.era++; // what was asked before was asked by somebody else
    this.come(await askWhoAmI());
  }

  /** Finds out who is here: the session has ended, or another tab has begun another. */
  async check(): Promise<void> {
    const { userId } = this;
    const me = await askWhoAmI().catch(() => undefined); // a 401 has been dealt with: lost()
    if (me && me.id !== userId) this.come(me);
  }

  /** Not remembered here, as where storage is forbidden: the server may know them. */
  async recognise(): Promise<Me | null> {
    const me = this.hasExpired ? null : await askWhoAmI();
    if (me !== null) this.arrive(me, 'joined');
    return me;
  }

  /** Who comes back to what they saw goes on with it. */
  private come(me: Me | null): void {
    const isBack = me !== null && me.id === this.expiredId;
    this.hasExpired = false;
    this.expiredId = null;
    this.arrive(me, isBack ? 'joined' : 'switched');
  }

  arrive(me: Me | null, change: SessionChange): void {
    this.era++;
    this.client.setQueryData(meQuery.queryKey, me);
    for (const listener of this.listeners) listener(change);
  }

  signOut(): Promise<void> {
    this.hasExpired = false;
    this.expiredId = null;
    return this.leave('left');
  }

  /** The server does not know who sent this. A guest loses nothing by it but a number. */
  async lost(era: number, isNews: boolean): Promise<void> {
    if (era !== this.era) {
      await this.leaving;
      return;
    }
    const me = this.client.getQueryData(meQuery.queryKey);
    if (!isNews && me == null && remembered(MARK) === null) return;
    if (me?.kind === 'user') {
      this.hasExpired = true;
      this.expiredId = me.id;
    }
    await this.leave(this.hasExpired ? 'expired' : 'joined');
  }

  private leave(change: SessionChange): Promise<void> {
    this.era++;
    this.leaving ??= this.forget(change).finally(() => {
      this.leaving = null;
    });
    return this.leaving;
  }

  private async forget(change: SessionChange): Promise<void> {
    this.tokens?.drop();
    remember(MARK, null);
    await api.POST('/api/auth/logout').catch(() => undefined); // only it can end the cookie
    this.arrive(null, change);
  }
}
