// The table of routes, as src/tbl/routes.h has it.
import assert from 'node:assert/strict';
import fs from 'node:fs';

const TABLE = new URL('../../../src/tbl/routes.h', import.meta.url);
const LINE = /X\((\w+), *"([^"]+)", *(\w+), *(\w+), *(\w+)\)/g;

/** @returns {{method: string, path: string, role: string, who: string, handler: string}[]} */
export function read_routes() {
  const table = fs.readFileSync(TABLE, 'utf8');
  const routes = [...table.matchAll(LINE)].map(([, method, path, role, who, handler]) => ({
    method,
    path,
    role: role.toLowerCase(),
    who,
    handler,
  }));
  assert.equal(routes.length, table.match(/ X\(/g).length, 'every line of the table is read');
  return routes;
}

/** Else it would be a stream without an end. */
const PATHS = { '/api/live': '/api/live?polls=none' };

/** A path that fits a route: '/p/{id}' → '/p/7'. */
export const example_of = (path) =>
  PATHS[path] ??
  path.replace('{id}', '7').replace('{file}', 'a.js').replace('{page}', 'favicon.svg');
