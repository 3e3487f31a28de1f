/**
 * Sends what the API's types describe. Of openapi-fetch the page takes those types, and does
 * in a few lines here what it uses of the rest.
 */
import type { Client } from 'openapi-fetch';
import type { paths } from './schema';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Api = Pick<Client<paths>, Method>;

interface Options {
  params?: {
    path?: Record<string, string | number>;
    query?: Record<string, unknown>;
    header?: Record<string, unknown>;
  };
  body?: unknown;
  signal?: AbortSignal;
}

function addressOf(path: string, { params = {} }: Options): URL {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String(params.path?.[name])),
  );
  const url = new URL(filled, location.origin);
  for (const [name, value] of Object.entries(params.query ?? {}))
    for (const one of [value].flat())
      if (one != null) url.searchParams.append(name, String(one));
  return url;
}

function requestOf(method: Method, path: string, options: Options): Request {
  const request = new Request(addressOf(path, options), {
    method,
    body: options.body === undefined ? null : JSON.stringify(options.body),
    signal: options.signal ?? null,
  });
  if (options.body !== undefined) request.headers.set('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(options.params?.header ?? {}))
    if (value != null) request.headers.set(name, String(value));
  return request;
}

/** A refusal may come from something before the server, in any form. */
function parsedIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function read(response: Response) {
  const text = await response.text();
  if (!response.ok) return { error: parsedIfJson(text), response };
  return { data: text === '' ? undefined : JSON.parse(text), response };
}

export function apiOver(send: (request: Request) => Promise<Response>): Api {
  const by =
    (method: Method) =>
    async (path: string, options: Options = {}) =>
      read(await send(requestOf(method, path, options)));
  const methods: Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  return Object.fromEntries(methods.map((method) => [method, by(method)])) as Api;
}
