/**
 * What openapi-fetch does, as far as this page needs it: its types, and a twentieth of its
 * code. Every byte here is fetched before the first poll can be shown.
 */
import type { Client } from 'openapi-fetch';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

type Value = string | number | boolean;

interface Init {
  params?: {
    path?: Record<string, Value>;
    query?: Record<string, Value | Value[] | undefined>;
    header?: Record<string, string>;
  };
  body?: unknown;
  signal?: AbortSignal;
}

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

type Send = (request: Request) => Promise<Response>;

/** Calls by method and path, as the API's document has them. */
export function createFetcher<Paths extends object>(
  baseUrl: string,
  send: Send,
): Pick<Client<Paths>, Method> {
  const call =
    (method: Method) =>
    async (path: string, init: Init = {}) =>
      answerOf(await send(requestOf(method, baseUrl + pathOf(path, init), init)));
  const calls = Object.fromEntries(METHODS.map((method) => [method, call(method)]));
  return calls as unknown as Pick<Client<Paths>, Method>; // the document knows the types
}

function pathOf(path: string, { params = {} }: Init): string {
  const { path: parts = {}, query = {} } = params;
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(`${parts[name]}`),
  );
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(query))
    for (const value of [values ?? []].flat()) search.append(name, `${value}`);
  return search.size === 0 ? filled : `${filled}?${search}`;
}

function requestOf(method: Method, url: string, { params, body, signal }: Init): Request {
  const headers = new Headers(params?.header);
  if (body === undefined)
    return new Request(url, { method, headers, signal: signal ?? null });
  headers.set('Content-Type', 'application/json');
  const json = JSON.stringify(body);
  return new Request(url, { method, headers, signal: signal ?? null, body: json });
}

async function answerOf(response: Response): Promise<Answer> {
  if (response.status === 204) return { response };
  if (response.ok) return { data: await response.json(), response };
  const text = await response.text();
  return { error: parsed(text), response };
}

/** Somebody between us and the server may have answered in its own way. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
