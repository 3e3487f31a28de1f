// What the servers of a run stand on, and where the two profiles differ. As a program it
// prints this table, or the files of a run:
//
//     node lib/profiles.mjs           the table
//     node lib/profiles.mjs files     the files that make sense on POLLUX_TEST_PROFILE
//     node lib/profiles.mjs gate      those that script/test runs on it
import fs from 'node:fs';
import path from 'node:path';

/** embedded or cluster. */
export const PROFILE = process.env.POLLUX_TEST_PROFILE ?? 'embedded';

/** Files that say nothing about the profile cluster, and why. */
const ONLY_EMBEDDED = {
  backup: 'backs up and restores a data folder; PostgreSQL has tools of its own',
  cluster: 'starts processes and a PostgreSQL of its own, whatever the profile of the run',
  clients: 'is about HTTP clients, whatever answers them',
  crash: 'kills the process between journal and SQLite; cluster.test.mjs kills processes',
  damage: 'damages files of a data folder',
  demo: 'finds the server by its data folder',
  diskfull: 'fills the disk under a data folder',
  docs: 'holds the documents against the program, not against a server’s data',
  outage: 'starts a PostgreSQL of its own and stops it, whatever the profile of the run',
  identity: 'moves files between data folders',
  packed: 'is about how answers are packed',
  pages: 'is about files of the page',
  proxy: 'is about addresses and headers',
  upgrade: 'starts on the data folders of older programs',
};

/** Single tests, named where they stand, and why. */
const DIFFERENCES = {
  folder: 'is about the data folder: a cluster’s process has none',
  journal: 'is about the journal: a cluster’s ballot writes rows',
  secret: 'is about a secret that the server makes: in a cluster it is configured',
  lock: 'is about one process for one data folder',
};

/**
 * What script/test runs on the cluster: where other code of ours answers than on one machine.
 * All that make sense are run by script/test --both.
 */
const GATE = [
  'boards',
  'create',
  'edits',
  'feed',
  'live',
  'me',
  'never',
  'polls',
  'results',
  'session',
  'skips',
  'votes',
];

/**
 * Options of a test that makes no sense on the profile cluster.
 *
 *     test('…', only_embedded('journal'), () => …)
 */
export function only_embedded(why) {
  if (!(why in DIFFERENCES)) throw new Error(`${why} is not in the table`);
  return { skip: PROFILE === 'embedded' ? false : DIFFERENCES[why] };
}

function files() {
  const folder = path.resolve(import.meta.dirname, '..');
  const names = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => name.slice(0, -'.test.mjs'.length));
  return PROFILE === 'embedded' ? names : names.filter((name) => !(name in ONLY_EMBEDDED));
}

function print_table() {
  const line = ([name, why]) => console.log(`${name.padEnd(10)} ${why}`);
  console.log('Files that are run on the profile embedded only, since each');
  Object.entries(ONLY_EMBEDDED).forEach(line);
  console.log('\nTests of other files that are, since each');
  Object.entries(DIFFERENCES).forEach(line);
  console.log(`\nOn the profile cluster script/test runs ${GATE.join(', ')}.`);
}

if (process.argv[1] === import.meta.filename) {
  const [what] = process.argv.slice(2);
  if (what === 'files') console.log(files().join('\n'));
  else if (what === 'gate') console.log(GATE.join('\n'));
  else print_table();
}
