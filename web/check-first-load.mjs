/**
 * JavaScript of the first screen, packed as a server sends it at worst: the entry, all that
 * it imports at once, and the larger of the two first catalogues. Exits with 1 above LIMIT.
 */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT = 100_000;
const DIST = path.join(import.meta.dirname, 'dist');

const manifest = JSON.parse(
  fs.readFileSync(path.join(DIST, '.vite/manifest.json'), 'utf8'),
);

function packedSize({ file }) {
  return gzipSync(fs.readFileSync(path.join(DIST, file)), { level: 9 }).length;
}

/** A chunk and what it imports statically, each once. */
function withImports(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const imported of manifest[name].imports ?? []) withImports(imported, found);
  return found;
}

function row(name) {
  const { file } = manifest[name];
  return { file, bytes: packedSize(manifest[name]) };
}

const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);
const catalogues = Object.keys(manifest).filter((name) => /\/first\.\w+\.ts$/.test(name));
if (entry === undefined || catalogues.length === 0)
  throw new Error('no entry or no catalogue in the manifest: run `npm run build` first');

const [largest] = catalogues.map(row).sort((a, b) => b.bytes - a.bytes);
const rows = [...[...withImports(entry)].map(row), largest];
const total = rows.reduce((sum, { bytes }) => sum + bytes, 0);

for (const { file, bytes } of [...rows, { file: `all, of ${LIMIT}`, bytes: total }])
  process.stdout.write(`${String(bytes).padStart(8)}  ${file}\n`);
if (total > LIMIT) process.exitCode = 1;
