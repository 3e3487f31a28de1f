/** Why a call failed: what the server said (RFC 9457), or that it was not to be reached. */
import type { components } from './schema';

export type ProblemDocument = components['schemas']['Problem'];
export type ErrorCode =
  | ProblemDocument['code']
  | 'offline'
  | 'timeout'
  | 'unreadable'
  | 'no_cookie'
  | 'foreign_origin'
  /** A guest's session has ended: what they did can no longer be changed. */
  | 'guest_over';
export type FieldError = NonNullable<ProblemDocument['errors']>[number];

const TRANSIENT: readonly ErrorCode[] = [
  'offline',
  'timeout',
  'request_timeout',
  'overloaded',
  'unavailable',
  'unreadable',
];

export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly errors: readonly FieldError[];
  /** When it may be tried again, where the server said so. */
  readonly retryAt: Date | null;

  constructor(problem: Partial<ProblemDocument> | undefined, response: Response) {
    super(problem?.detail ?? response.statusText);
    this.name = 'ApiError';
    this.code = problem?.code ?? 'unreadable';
    this.status = response.status;
    this.errors = problem?.errors ?? [];
    const after = Number(response.headers.get('Retry-After'));
    this.retryAt = after > 0 ? new Date(Date.now() + after * 1000) : null;
  }

  /** Of what the server did not say. */
  static of(code: ErrorCode): ApiError {
    return new ApiError({ code: code as ProblemDocument['code'] }, Response.error());
  }

  static ofNetwork(cause: unknown): ApiError {
    return ApiError.of(codeOf(cause));
  }

  /** Nothing was done: the same call may be sent again, under the same key. */
  get isTransient(): boolean {
    return TRANSIENT.includes(this.code);
  }
}

function codeOf(cause: unknown): ErrorCode {
  if (cause instanceof SyntaxError) return 'unreadable'; // it broke off
  const isTimeout = cause instanceof DOMException && cause.name === 'TimeoutError';
  return isTimeout ? 'timeout' : 'offline';
}

export function isCode(error: unknown, ...codes: ErrorCode[]): boolean {
  return error instanceof ApiError && codes.includes(error.code);
}
