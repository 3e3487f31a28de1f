// Damages a data directory, as a disk, a truncated copy or a mix of backups would.
import fs from 'node:fs';
import path from 'node:path';

const PAGE = 4096;

export function files_of(dir) {
  return fs
    .readdirSync(dir, { recursive: true })
    .filter((name) => fs.statSync(path.join(dir, name)).isFile())
    .filter((name) => !['lock', 'address'].includes(name))
    .sort();
}

/** Where its last byte that is not zero ends: a journal is mostly room. */
function used(bytes) {
  let n = bytes.length;
  while (n > 0 && bytes[n - 1] === 0) n--;
  return n;
}

const rewrite = (file, change) => fs.writeFileSync(file, change(fs.readFileSync(file)));

const KINDS = {
  flip(file, random) {
    rewrite(file, (bytes) => {
      if (bytes.length === 0) return bytes;
      const at = random(random(8) === 0 ? bytes.length : used(bytes) + 1) % bytes.length;
      bytes[at] ^= 1 << random(8);
      return bytes;
    });
  },
  zero(file, random) {
    rewrite(file, (bytes) => {
      const page = random(Math.ceil((used(bytes) + 1) / PAGE));
      return bytes.fill(0, page * PAGE, Math.min((page + 1) * PAGE, bytes.length));
    });
  },
  cut(file, random) {
    rewrite(file, (bytes) => bytes.subarray(0, random(bytes.length + 1)));
  },
  shift(file, random) {
    rewrite(file, (bytes) => {
      const at = random(used(bytes) + 1);
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(8), bytes.subarray(at)]);
    });
  },
  lose(file) {
    fs.rmSync(file);
  },
  /** The same file of another age, or of another data set, or none. */
  swap(file, random, name, others) {
    const from = path.join(others[random(others.length)], name);
    if (fs.existsSync(from)) fs.copyFileSync(from, file);
    else fs.rmSync(file);
  },
};

/** Damages one file of dir; says what it did. */
export function damage(dir, random, others) {
  const files = files_of(dir);
  const name = files[random(files.length)];
  const kinds = Object.keys(KINDS);
  const kind = kinds[random(kinds.length + 4)] ?? 'flip'; /* mostly */
  KINDS[kind](path.join(dir, name), random, name, others);
  return `${kind} ${name}`;
}
