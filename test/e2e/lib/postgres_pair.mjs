// A PostgreSQL and its synchronous replica, on loopback: the first may be killed, and the
// other promoted, without a commit being lost.
import { Postgres } from './postgres.mjs';
import { lasting_port } from './server.mjs';
import { wait_until } from './wait.mjs';

const LIMIT_MS = 120_000;
const USER = 'user=postgres dbname=postgres';

/** One of the two. */
class Member extends Postgres {
  constructor(folder, port) {
    super();
    Object.assign(this, { folder, port });
  }

  settings() {
    return [
      'fsync=off',
      'listen_addresses=127.0.0.1',
      `port=${this.port}`,
      `unix_socket_directories=${this.folder}`,
      'wal_keep_size=256MB',
    ];
  }

  dsn(database) {
    return `host=127.0.0.1 port=${this.port} user=postgres dbname=${database}`;
  }

  ready() {
    return wait_until(
      () => this.answers("SELECT 'yes'", 'yes'),
      LIMIT_MS,
      () => `start of PostgreSQL in ${this.folder}`,
    );
  }

  answers(sql, text) {
    return this.rows('postgres', sql).then(
      (rows) => rows[0] === text,
      () => false,
    );
  }

  /** Who has to have a commit before it counts: '' for nobody else. */
  async waits_for(name) {
    const set = `ALTER SYSTEM SET synchronous_standby_names = '${name}'`;
    await this.rows('postgres', set);
    await this.rows('postgres', 'SELECT pg_reload_conf()');
  }
}

export class PostgresPair {
  static async start() {
    const pair = new PostgresPair();
    const first = await Postgres.initialised();
    pair.primary = new Member(first.folder, await lasting_port());
    await pair.primary.restart();
    await pair.make_replica(await lasting_port());
    return pair;
  }

  get members() {
    return [this.primary, this.replica];
  }

  /** A copy of the primary that follows it; the primary waits for it from then on. */
  async make_replica(port) {
    const folder = await Postgres.folder_of_its_own();
    this.replica = new Member(folder, port);
    await this.replica.program(
      'pg_basebackup',
      ...['-d', `host=127.0.0.1 port=${this.primary.port} ${USER} application_name=copy`],
      ...['-D', this.replica.data, '-R', '-c', 'fast', '-X', 'stream', '--no-sync'],
    );
    await this.replica.restart();
    await this.follows();
    await this.primary.waits_for('*');
  }

  follows() {
    const sql = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
    return wait_until(() => this.primary.answers(sql, '1'), LIMIT_MS, 'the replica follows');
  }

  /** The primary is dead: the replica takes its place. */
  async promote() {
    const old = this.primary;
    this.primary = this.replica;
    this.replica = old;
    await this.primary.program('pg_ctl', '-D', this.primary.data, 'promote', '-w');
    await this.primary.waits_for('');
  }

  /** What was the primary becomes a replica, from nothing. */
  async rejoin() {
    const { port } = this.replica;
    await this.replica.remove();
    await this.make_replica(port);
  }

  rows(database, sql) {
    return this.primary.rows(database, sql);
  }

  /** Also on the replica, which has what is committed a little later. */
  async create(database) {
    await this.rows('postgres', `CREATE DATABASE ${database}`);
    const is_there = () =>
      this.replica.rows(database, '').then(
        () => true,
        () => false,
      );
    await wait_until(is_there, LIMIT_MS, () => `${database} on the replica`);
  }

  async stop() {
    for (const member of this.members) await member.stop();
  }
}
