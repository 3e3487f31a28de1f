/**
 * JavaScript that each first screen fetches by itself, packed as a server sends it at worst:
 * by gzip. Exits with 1 above a limit. e2e/first-load.spec.ts counts it in a browser; this
 * names the files.
 */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = path.join(import.meta.dirname, 'dist');

/** Modules that a screen imports by itself; of those in several languages the largest. */
const SCREENS = [
  { name: 'the page', build: 'first', limit: 100_000, parts: [/\/first\.\w+\.ts$/] },
  {
    name: '/embed/{id}',
    build: 'widget',
    limit: 60_000,
    parts: [
      /\/first\.\w+\.ts$/,
      /\/shared\.\w+\.ts$/,
      /\/embed\/locales\/\w+\.po$/,
      /\/live\/driver\.ts$/,
    ],
  },
];

function packedSize(file) {
  return gzipSync(fs.readFileSync(path.join(DIST, file)), { level: 9 }).length;
}

/** A module's file and those that it imports statically, each once. */
function withImports(manifest, name, found = new Set()) {
  if (found.has(manifest[name].file)) return found;
  found.add(manifest[name].file);
  for (const imported of manifest[name].imports ?? [])
    withImports(manifest, imported, found);
  return found;
}

function largest(manifest, part) {
  const names = Object.keys(manifest).filter((name) => part.test(name));
  if (names.length === 0) throw new Error(`nothing is ${part} in web/dist: is it built?`);
  const size = (name) => packedSize(manifest[name].file);
  return names.reduce((a, b) => (size(a) < size(b) ? b : a));
}

function filesOf({ build, parts }) {
  const manifest = JSON.parse(
    fs.readFileSync(path.join(DIST, `.vite/${build}.json`), 'utf8'),
  );
  const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);
  const files = new Set();
  for (const name of [entry, ...parts.map((part) => largest(manifest, part))])
    withImports(manifest, name, files);
  return [...files];
}

function row(bytes, what) {
  process.stdout.write(`${String(bytes).padStart(8)}  ${what}\n`);
}

for (const screen of SCREENS) {
  let total = 0;
  for (const file of filesOf(screen)) {
    const bytes = packedSize(file);
    row(bytes, file);
    total += bytes;
  }
  row(total, `${screen.name}, of ${screen.limit}\n`);
  if (total > screen.limit) process.exitCode = 1;
}
