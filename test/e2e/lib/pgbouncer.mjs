// A PgBouncer of the tests' own before a PostgreSQL of theirs: in transaction mode, with so
// few connections that every process shares them.
import fs from 'node:fs';
import path from 'node:path';
import { spawn_as_other } from './postgres.mjs';
import { wait_until } from './wait.mjs';

const START_LIMIT_MS = 60_000;
/** Part of the socket's name; nothing listens on TCP. */
const PORT = 6432;

export class PgBouncer {
  static async start(postgres, connections = 2) {
    const bouncer = new PgBouncer();
    bouncer.postgres = postgres;
    bouncer.config = path.join(postgres.folder, 'pgbouncer.ini');
    const users = path.join(postgres.folder, 'users.txt');
    fs.writeFileSync(users, '"postgres" ""\n', { mode: 0o644 });
    const lines = [
      '[databases]',
      `* = host=${postgres.folder} port=5432`,
      '[pgbouncer]',
      'listen_addr =',
      `listen_port = ${PORT}`,
      `unix_socket_dir = ${postgres.folder}`,
      'auth_type = trust',
      `auth_file = ${users}`,
      'admin_users = postgres',
      'pool_mode = transaction',
      `default_pool_size = ${connections}`,
      'max_client_conn = 200',
    ];
    fs.writeFileSync(bouncer.config, lines.join('\n'), { mode: 0o644 });
    await bouncer.restart();
    return bouncer;
  }

  async restart() {
    await this.stop();
    this.child = spawn_as_other(['/usr/sbin/pgbouncer', '-q', this.config]);
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
    const answers = () =>
      this.rows('SHOW VERSION').then(
        () => true,
        () => false,
      );
    await wait_until(answers, START_LIMIT_MS, () => 'start of PgBouncer');
  }

  dsn(database) {
    return `${this.postgres.dsn(database)} port=${PORT}`;
  }

  /** Of its own console: 'SHOW POOLS'. */
  async rows(command) {
    const { stdout } = await this.postgres.program(
      'psql',
      '-Atq',
      this.dsn('pgbouncer'),
      '-c',
      command,
    );
    return stdout.split('\n').filter((line) => line !== '');
  }

  async stop() {
    this.child?.kill('SIGKILL');
    await this.ended;
    this.child = null;
  }
}
