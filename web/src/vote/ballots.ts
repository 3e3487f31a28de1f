/**
 * Votes on their way to the server. They are kept here, not in what shows them: a poll that
 * is scrolled out of the page must neither lose its vote nor send it twice.
 */
import type { QueryClient } from '@tanstack/react-query';
import { api, data, type Poll, type Schemas } from '~/api/client';
import { ApiError, isCode } from '~/api/error';
import { newKey } from '~/api/key';
import { pollQuery } from '~/api/queries';
import { type Hold, persistently } from '~/api/retry';
import { KeyedStore } from '~/lib/KeyedStore';
import type { ResultsStore } from '~/results/store';
import { meQuery, type Session } from '~/session/session';
import type { ChoicesStore } from './choices';

type Vote = Schemas['Vote'];

export interface Ballot {
  /** The option's index; null takes the vote back. */
  readonly wish: number | null;
  readonly phase: 'sending' | Hold | 'failed';
  /** Made once for a wish and kept over all tries, so that it counts once. */
  readonly key: string;
  readonly error: unknown;
}

interface Parts {
  client: QueryClient;
  results: ResultsStore;
  choices: ChoicesStore;
  session: Session;
}

export function isUnderWay(ballot: Ballot | undefined): boolean {
  return ballot !== undefined && ballot.phase !== 'failed';
}

/** The server has answered, and means it: sending the same again is of no use. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.isTransient) return false;
  return error.status >= 400 && error.status < 500;
}

/** Not wanted any more: by the reader, or because somebody else is here now. */
const RECALLED = new Error('recalled');

export class Ballots extends KeyedStore<Ballot | undefined> {
  /** What was chosen and not sent yet, by poll: cards that are scrolled far away are gone. */
  readonly unsent = new Map<number, number>();

  constructor(private readonly parts: Parts) {
    super();
  }

  override clear(): void {
    this.unsent.clear();
    super.clear();
  }

  /** Votes, changes the vote or, with null, takes it back. True: the server confirmed it. */
  async cast(poll: Poll, wish: number | null): Promise<boolean> {
    const last = this.get(poll.id);
    if (isUnderWay(last)) return false;
    const key = last?.wish === wish ? last.key : newKey();
    const show = (phase: Ballot['phase'], error?: unknown) =>
      this.set(poll.id, { wish, phase, key, error });
    let isNew = wish !== null && this.parts.choices.of(poll).myVote === null;
    const ifWanted = <T>(act: () => T): T => {
      if (this.get(poll.id)?.key !== key) throw RECALLED;
      return act();
    };
    this.unsent.delete(poll.id);
    show('sending');
    try {
      const vote = await persistently(
        () => {
          const send = () => ifWanted(() => this.request(poll, wish, key));
          const mayBecomeAnother = isNew;
          isNew = false; // what was sent once may have been counted
          return ifWanted(() =>
            mayBecomeAnother
              ? this.asSomebody(send, () => ifWanted(() => show('queued')))
              : this.asMyself(send),
          );
        },
        (hold) => ifWanted(() => show(hold)),
      );
      ifWanted(() => this.confirmed(poll, wish, vote));
    } catch (error) {
      if (error === RECALLED) return false;
      if (!(await this.isDoneAnyway(poll, wish, error))) {
        show('failed', error);
        return false;
      }
    }
    this.set(poll.id, undefined);
    return true;
  }

  /** Forgets a vote that waits; the choice stays with who shows the form. */
  recall(pollId: number): void {
    this.set(pollId, undefined);
  }

  /**
   * Calls as a user or a guest. A guest whose session has ended becomes a new one, and the
   * call goes out once more; one who is not known right after that has a browser that keeps
   * no cookie.
   */
  async asSomebody<T>(call: () => Promise<T>, onQueued?: () => void): Promise<T> {
    const { client, session } = this.parts;
    const who = () => client.getQueryData(meQuery.queryKey);
    const isAnother = (id: number | undefined) => who() !== null && who()?.id !== id;
    for (let isNew = who() === null; ; isNew = true) {
      await session.ensure(onQueued);
      const me = who();
      try {
        return await call();
      } catch (error) {
        if (me?.kind !== 'guest' || !isCode(error, 'unauthorized')) throw error;
        if (isAnother(me.id)) throw error; // signed in, in another tab: it is theirs to do
        if (isNew) throw ApiError.of('no_cookie');
      }
    }
  }

  /** Calls about what is the reader's own: never as anybody else, not even as a new guest. */
  async asMyself<T>(call: () => Promise<T>): Promise<T> {
    const { client, session } = this.parts;
    const me = (await client.ensureQueryData(meQuery)) ?? (await session.recognise());
    const isOver = () => ApiError.of(me?.kind === 'user' ? 'unauthorized' : 'guest_over');
    if (me === null) throw session.hasExpired ? ApiError.of('unauthorized') : isOver();
    try {
      return await call();
    } catch (error) {
      throw isCode(error, 'unauthorized') ? isOver() : error;
    }
  }

  private async request(
    poll: Poll,
    wish: number | null,
    key: string,
  ): Promise<Vote | null> {
    const path = '/api/polls/{id}/vote';
    const params = { path: { id: poll.id } };
    if (wish === null) {
      await data(api.DELETE(path, { params }));
      return null;
    }
    const body = { optionIndex: wish };
    if (this.parts.choices.of(poll).myVote !== null)
      return data(api.PUT(path, { params, body }));
    const header = { 'Idempotency-Key': key };
    return data(api.POST(path, { params: { ...params, header }, body }));
  }

  private confirmed(poll: Poll, wish: number | null, vote: Vote | null): void {
    const { client, results, choices } = this.parts;
    choices.make(poll.id, { myVote: wish, skipped: false });
    if (wish === null && poll.resultsVisibility === 'after_vote') results.hide(poll.id);
    if (vote === null) return;
    if (vote.results) results.offer(vote.results); // none while it waits in a queue
    client.setQueryData(
      meQuery.queryKey,
      (me) => me && { ...me, votesLeftToday: vote.votesLeftToday },
    );
  }

  /** Learns what a refusal says about the poll. True: it already is as was wished. */
  private async isDoneAnyway(poll: Poll, wish: number | null, error: unknown) {
    const { results, choices } = this.parts;
    if (isCode(error, 'already_skipped'))
      choices.set(poll.id, { myVote: null, skipped: true });
    if (isCode(error, 'poll_closed')) results.close(poll.id, poll.results?.version ?? 0);
    if (!isCode(error, 'already_voted', 'conflict')) return false;
    const { userId } = this.parts.session;
    const now = await this.lookUp(poll.id);
    const isSame = userId !== null && this.parts.session.userId === userId;
    return isSame && isCode(error, 'conflict') && now?.myVote === wish;
  }

  /** The poll as the server has it, with the vote that counts. */
  async lookUp(pollId: number): Promise<Poll | null> {
    const { client, results, choices } = this.parts;
    try {
      const poll = await client.fetchQuery({ ...pollQuery(pollId), staleTime: 0 });
      choices.set(pollId, { myVote: poll.myVote, skipped: poll.skipped });
      if (poll.results !== null) results.offer(poll.results);
      return poll;
    } catch {
      return null; // what is to be said is why the vote was refused
    }
  }
}
