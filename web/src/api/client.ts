/**
 * Calls of the server's API, typed by its document. A call gives its data or throws an
 * ApiError, which everything that shows refusals understands; nothing else is thrown.
 */
import createClient from 'openapi-fetch';
import { ApiError, type ProblemDocument } from './error';
import type { components, paths } from './schema';

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

/** What happens when the server no longer knows who we are (session/session.ts). */
let onUnauthorized: () => Promise<void> = async () => {};
export function setOnUnauthorized(forget: () => Promise<void>): void {
  onUnauthorized = forget;
}

async function send(request: Request): Promise<Response> {
  if (bearer !== null) request.headers.set('Authorization', `Bearer ${bearer}`);
  try {
    return await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw ApiError.ofNetwork(cause);
  }
}

/** A session that has ended must not keep anybody from reading: asks again without it. */
async function sendAndRecover(request: Request): Promise<Response> {
  const again = request.method === 'GET' ? request.clone() : null;
  const answer = await send(request);
  if (answer.status !== 401 || new URL(request.url).pathname.startsWith('/api/auth/'))
    return answer;
  await onUnauthorized();
  return again !== null && !again.url.includes('/api/users/me') ? send(again) : answer;
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: sendAndRecover });

/** The data of a call's answer. @throws {ApiError} */
export async function data<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (error !== undefined || !response.ok)
    throw new ApiError(error as Partial<ProblemDocument>, response);
  return data as T;
}
