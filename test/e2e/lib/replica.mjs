// A streaming replica of a PostgreSQL of the tests' own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Postgres } from './postgres.mjs';

export class Replica extends Postgres {
  /** Every commit of the primary waits for it from now on. */
  static async of(primary) {
    const replica = new Replica();
    replica.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pollux-pg-'));
    fs.chownSync(replica.folder, ...owner_of(primary.folder));
    const args = ['-U', 'postgres', '-D', replica.data, '-R', '-N', '-c', 'fast'];
    await primary.program('pg_basebackup', '-h', primary.folder, ...args);
    replica.spawn();
    await replica.ready();
    await primary.rows('postgres', `ALTER SYSTEM SET synchronous_standby_names = '*'`);
    await primary.rows('postgres', 'SELECT pg_reload_conf()');
    return replica;
  }

  promote() {
    return this.program('pg_ctl', '-D', this.data, 'promote');
  }
}

function owner_of(folder) {
  const { uid, gid } = fs.statSync(folder);
  return [uid, gid];
}
