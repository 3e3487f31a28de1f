/**
 * Calls of the server's API, typed by its document. A call gives its data or throws an
 * ApiError, which everything that shows refusals understands; nothing else is thrown.
 */
import { heard } from '~/lib/clock';
import { apiOver } from './call';
import { ApiError, type ProblemDocument } from './error';
import type { components } from './schema';

export type Schemas = components['schemas'];
export type Poll = Schemas['Poll'];
export type Results = Schemas['Results'];
export type Me = Schemas['Me'];

/** Longer than the server lets anything wait. */
const TIMEOUT_MS = 15_000;

/** A widget in somebody else's page gets no cookie: it sends its token instead. */
let bearer: string | null = null;
export function setBearer(token: string | null): void {
  bearer = token;
}
export function bearerToken(): string | null {
  return bearer;
}

/** Who is to hear that the server does not know us any more (session/session.ts). */
interface SessionHolder {
  /** Another one after each change of the session. */
  readonly era: number;
  /** Whom the page shows; null: nobody, or it is not known. */
  readonly userId: number | null;
  /** Finds out who is here now, and tells the page. */
  check(): Promise<void>;
  /** @param isNews nobody asked who they are: the call went out in somebody's name */
  lost(era: number, isNews: boolean): Promise<void>;
}
let holder: SessionHolder = {
  era: 0,
  userId: null,
  check: async () => {},
  lost: async () => {},
};
export function setSessionHolder(session: SessionHolder): void {
  holder = session;
}
export function sessionEra(): number {
  return holder.era;
}

/** The server has ended what was opened as somebody. */
export function checkSession(): Promise<void> {
  return holder.check();
}

async function send(request: Request): Promise<Response> {
  if (bearer !== null) request.headers.set('Authorization', `Bearer ${bearer}`);
  const sentAt = Date.now();
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    heard(answer.headers.get('Date'), sentAt);
    return answer;
  } catch (cause) {
    throw ApiError.ofNetwork(cause);
  }
}

/** What is done for one user is not done for another who has signed in meanwhile. */
function sayForWhom(request: Request): void {
  const isAct = request.method !== 'GET' && !request.url.includes('/api/auth/');
  if (isAct && holder.userId !== null)
    request.headers.set('X-Expect-User', String(holder.userId));
}

/** A session that has ended must not keep anybody from reading: asks again without it. */
async function sendAndRecover(request: Request): Promise<Response> {
  const { era } = holder;
  const again = request.method === 'GET' ? request.clone() : null;
  sayForWhom(request);
  const answer = await send(request);
  const { pathname } = new URL(request.url);
  if (answer.status !== 401 || pathname.startsWith('/api/auth/')) return answer;
  const isWhoAmI = pathname === '/api/users/me';
  if (again === null) {
    await holder.check(); // somebody else may be here
    return answer;
  }
  await holder.lost(era, !isWhoAmI);
  return isWhoAmI ? answer : send(again);
}

export const api = apiOver(sendAndRecover);

/** An answer that breaks off, or is not what it says that it is. */
function unreadable(cause: unknown): never {
  throw cause instanceof ApiError ? cause : ApiError.ofNetwork(cause);
}

/** The data of a call's answer. @throws {ApiError} */
export async function data<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call.catch(unreadable);
  if (error !== undefined || !response.ok)
    throw new ApiError(error as Partial<ProblemDocument>, response);
  return data as T;
}
