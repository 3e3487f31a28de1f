// Checks every answer that the tests get against docs/api/openapi.yaml: status, content
// type, headers and body.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import add_formats from 'ajv-formats';
import { parse } from 'yaml';

const FILE = new URL('../../../docs/api/openapi.yaml', import.meta.url);
const document = parse(fs.readFileSync(FILE, 'utf8'));

/** What stands for what is no request: only these may come as `default`. */
const UNREADABLE = new Set([400, 408, 413, 414, 417, 421, 431, 501, 503, 505]);

const ajv = new Ajv2020({ strict: false, allErrors: true });
add_formats(ajv);
ajv.addSchema({ $id: 'api:', ...document });
const compiled = new Map();

/** The schema at a pointer into the document, e.g. '/components/schemas/Poll'. */
function validator(pointer) {
  if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `api:#${pointer}` }));
  return compiled.get(pointer);
}

const escaped = (key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Follows a $ref: the object, and where it is. */
function at(pointer) {
  const keys = pointer.slice(1).split('/').map(decodeURIComponent);
  let object = document;
  for (const key of keys) object = object?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  if (object === undefined) return undefined;
  return object.$ref === undefined ? { object, pointer } : at(object.$ref.slice(1));
}

const routes = Object.keys(document.paths).map((path) => ({
  path,
  pattern: new RegExp(
    `^${path.replaceAll('.', '\\.').replaceAll('{id}', '[1-9][0-9]{0,9}')}/?$`,
  ),
}));

function route_of(target) {
  const path = target.split('?')[0];
  return routes.find(({ pattern }) => pattern.test(path))?.path;
}

function operation_of(method, path) {
  if (path === undefined) return undefined;
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  return at(`/paths/${escaped(path)}/${escaped(verb)}`);
}

function check_value(pointer, value, where) {
  const validate = validator(pointer);
  assert.ok(validate(value), `${where}: ${ajv.errorsText(validate.errors)}`);
}

/** Headers are texts: a number is one that reads as one. */
function header_value(schema, text) {
  const number = schema.type === 'integer' && /^-?[0-9]+$/.test(text);
  return number ? Number(text) : text;
}

function check_headers(response, headers, where) {
  for (const name of Object.keys(response.object.headers ?? {})) {
    const { object, pointer } = at(`${response.pointer}/headers/${escaped(name)}`);
    const text = headers[name.toLowerCase()];
    if (text === undefined) {
      assert.ok(!object.required, `${where}: no ${name}`);
      continue;
    }
    const schema = at(`${pointer}/schema`);
    const value = header_value(schema.object, String(text));
    check_value(`${pointer}/schema`, value, `${where}: ${name}: ${text}`);
  }
}

function check_body(response, { method, status, headers, text }, where) {
  const types = response.object.content;
  const type = headers['content-type']?.split(';')[0].trim();
  if (types === undefined) {
    assert.equal(text, '', `${where}: a body`);
    return;
  }
  assert.ok(types[type], `${where}: content type ${type}`);
  if (method === 'HEAD' || !type.endsWith('json')) return;
  const pointer = `${response.pointer}/content/${escaped(type)}/schema`;
  check_value(pointer, JSON.parse(text), `${where} ${text.slice(0, 500)}`);
}

/** An answer of which only the bytes are known: an error has to be a problem document. */
export function check_unreadable(answer) {
  if (answer.status < 400 || answer.text === '') return;
  const response = at('/components/responses/Unreadable');
  check_headers(response, answer.headers, String(answer.status));
  check_body(response, { method: 'GET', ...answer }, String(answer.status));
}

/** What no operation is for. */
function check_no_operation(path, answer, where) {
  const { method, status, headers } = answer;
  const problem = at('/components/responses/Unreadable');
  if (path !== undefined && method === 'OPTIONS' && status === 204) {
    assert.ok(headers.allow, `${where}: no Allow`);
    return;
  }
  if (status === 405) assert.ok(path !== undefined && headers.allow, `${where}: 405`);
  else assert.ok([404, 429].includes(status) || UNREADABLE.has(status), `${where}: status`);
  check_headers(problem, headers, where);
  check_body(problem, answer, where);
}

/** Paths that are not the API's, and not in the document. */
const is_ours = (target) => /^\/(docs\/.+)?(\?|$)/.test(target);

/**
 * @param {string} method
 * @param {string} target the path, with its query
 * @param {{status: number, headers: Record<string, any>, text: string}} got
 */
export function check_documented(method, target, got) {
  const where = `${method} ${target}: ${got.status}`;
  const path = route_of(target);
  const operation = operation_of(method, path);
  const answer = { method, ...got };
  if (operation === undefined && is_ours(target)) return;
  if (operation === undefined) {
    check_no_operation(path, answer, where);
    return;
  }
  const own = at(`${operation.pointer}/responses/${got.status}`);
  assert.ok(own || UNREADABLE.has(got.status), `${where} is not in the document`);
  const response = own ?? at(`${operation.pointer}/responses/default`);
  check_headers(response, got.headers, where);
  check_body(response, answer, where);
}

/** A message of a WebSocket or an event stream. */
export function check_message(message) {
  check_value('/components/schemas/LiveMessage', message, JSON.stringify(message));
}
