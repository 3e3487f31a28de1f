// A PostgreSQL of the tests' own: in a temporary folder, on a socket in it, without fsync.
// One for a run (lib/with_postgres.mjs), or for a test file; each server gets a database in
// it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { wait_until } from './wait.mjs';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';
const START_LIMIT_MS = 120_000;

/** The newest of those installed. */
function programs() {
  const versions = fs.readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a));
  return path.join(INSTALLED, versions[0], 'bin');
}

/** PostgreSQL refuses to be root's. */
const AS_OTHER = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];

/** It ends with the tests. Not through runuser, which would end alone, and leave it behind. */
export function spawn_as_other(command) {
  const other = ['--reuid', 'postgres', '--regid', 'postgres', '--init-groups'];
  const as = [...(AS_OTHER.length > 0 ? other : []), '--pdeathsig', 'KILL', '--'];
  return spawn('setpriv', [...as, ...command], { cwd: '/', stdio: 'ignore' });
}

export class Postgres {
  static async start() {
    const postgres = await Postgres.initialised();
    postgres.spawn();
    await postgres.ready();
    return postgres;
  }

  static async folder_of_its_own() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pollux-pg-'));
    if (AS_OTHER.length > 0) await run('chown', ['postgres', folder]);
    return folder;
  }

  /** One that does not run yet. */
  static async initialised() {
    const postgres = new Postgres();
    postgres.folder = await Postgres.folder_of_its_own();
    const superuser = ['-A', 'trust', '-U', 'postgres'];
    await postgres.program('initdb', '-D', postgres.data, ...superuser, '-N');
    return postgres;
  }

  /** The run's, which its starter stops; null: there is none. */
  static of_run() {
    const folder = process.env.POLLUX_TEST_POSTGRES;
    if (folder === undefined) return null;
    return Object.assign(new Postgres(), { folder, is_borrowed: true });
  }

  get data() {
    return path.join(this.folder, 'data');
  }

  command(name, ...args) {
    return [...AS_OTHER, path.join(programs(), name), ...args];
  }

  program(name, ...args) {
    const [command, ...rest] = this.command(name, ...args);
    return run(command, rest, { cwd: '/' });
  }

  settings() {
    return ['fsync=off', 'listen_addresses=', `unix_socket_directories=${this.folder}`];
  }

  spawn() {
    const options = this.settings().flatMap((setting) => ['-c', setting]);
    const command = [path.join(programs(), 'postgres'), '-D', this.data, ...options];
    this.child = spawn_as_other(command);
    this.ended = once(this.child, 'exit');
  }

  ready() {
    const answers = () =>
      this.program('pg_isready', '-h', this.folder).then(
        () => true,
        () => false,
      );
    return wait_until(answers, START_LIMIT_MS, () => `start of PostgreSQL in ${this.folder}`);
  }

  async create(database) {
    await this.program('createdb', '-h', this.folder, '-U', 'postgres', database);
    return this.dsn(database);
  }

  dsn(database) {
    return `host=${this.folder} user=postgres dbname=${database}`;
  }

  /** The rows of a query, as lines. */
  async rows(database, sql) {
    const { stdout } = await this.program('psql', '-Atq', this.dsn(database), '-c', sql);
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Of the server, its first process and all that it has started. */
  async pids() {
    const file = fs.readFileSync(path.join(this.data, 'postmaster.pid'), 'utf8');
    const first = file.split('\n')[0];
    const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', first]);
    return [first, ...stdout.trim().split(/\s+/)].map(Number);
  }

  /** Sends a signal to all of its processes. */
  async signal(name) {
    for (const pid of await this.pids()) {
      try {
        process.kill(pid, `SIG${name}`);
      } catch (error) {
        if (error.code !== 'ESRCH') throw error; // it has ended meanwhile
      }
    }
  }

  /** kill -9, as when the machine loses its power. */
  async kill() {
    await this.signal('KILL');
    await this.ended;
  }

  async restart() {
    this.spawn();
    await this.ready();
  }

  /** From now on that role needs its password. */
  async ask_for_passwords_of(role) {
    const file = path.join(this.data, 'pg_hba.conf');
    const rules = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, `local all ${role} scram-sha-256\n${rules}`);
    await this.program('pg_ctl', '-D', this.data, 'reload');
  }

  async stop() {
    if (this.is_borrowed) return;
    await this.program('pg_ctl', '-D', this.data, '-m', 'immediate', 'stop').catch(() => {});
    this.remove();
  }

  remove() {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
