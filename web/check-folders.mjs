/**
 * Folders of src/ build on each other in one direction: no two need each other, also not by
 * a detour. Words (.po) and tests do not count; services.tsx at the root is what all share.
 */
import fs from 'node:fs';
import path from 'node:path';

const SRC = path.join(import.meta.dirname, 'src');
const IMPORT = /(?:from|import)\s*\(?\s*'([.~][^']+)'/g;

/** One screen in two loads: the first poll fetches the rest of the list when it is seen. */
const KNOWN = new Set(['feed -> browse']);

function isCode(file) {
  return /\.tsx?$/.test(file) && !/^test\/|\.test\.|harness|testing|fakes/.test(file);
}

/** The folder that an import leads to; null: none, or a file at the root. */
function folderOf(file, source) {
  const target = source.startsWith('~/')
    ? source.slice(2)
    : path.join(path.dirname(file), source);
  return target.includes('/') && !target.endsWith('.po') ? target.split('/')[0] : null;
}

const needs = new Map();
for (const file of fs.readdirSync(SRC, { recursive: true }).filter(isCode)) {
  const folder = folderOf('', file);
  if (folder === null) continue;
  if (!needs.has(folder)) needs.set(folder, new Map());
  const text = fs.readFileSync(path.join(SRC, file), 'utf8');
  for (const [, source] of text.matchAll(IMPORT)) {
    const other = folderOf(file, source);
    if (other !== null && other !== folder && !KNOWN.has(`${folder} -> ${other}`))
      needs.get(folder).set(other, file);
  }
}

/** Takes away what needs nothing that is left, until nothing more goes: the rest are circles. */
for (let before = -1; before !== needs.size; ) {
  before = needs.size;
  for (const [folder, others] of needs)
    if (![...others.keys()].some((other) => needs.has(other))) needs.delete(folder);
}

for (const [folder, others] of needs)
  for (const [other, file] of others)
    if (needs.has(other))
      process.stderr.write(`web/src/${file}: ${folder} needs ${other}, in a circle\n`);
if (needs.size > 0) process.exitCode = 1;
