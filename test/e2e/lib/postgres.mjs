// A PostgreSQL of the tests' own: in a temporary folder, on a socket in it, without fsync.
// One for each test file; each server gets a database in it.
import { execFile, spawn } from 'node:child_process';
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
export const AS_OTHER = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];

export class Postgres {
  static async start() {
    const postgres = new Postgres();
    postgres.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pollux-pg-'));
    if (AS_OTHER.length > 0) await run('chown', ['postgres', postgres.folder]);
    await postgres.program(
      'initdb',
      '-D',
      postgres.data,
      '-A',
      'trust',
      '-U',
      'postgres',
      '-N',
    );
    postgres.spawn();
    await postgres.ready();
    return postgres;
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

  spawn() {
    const settings = [
      'fsync=off',
      'listen_addresses=',
      `unix_socket_directories=${this.folder}`,
    ];
    const [command, ...args] = this.command('postgres', '-D', this.data);
    const options = settings.flatMap((setting) => ['-c', setting]);
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args, ...options], {
      cwd: '/',
      stdio: 'ignore',
    });
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

  async stop() {
    await this.program('pg_ctl', '-D', this.data, '-m', 'immediate', 'stop').catch(() => {});
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
