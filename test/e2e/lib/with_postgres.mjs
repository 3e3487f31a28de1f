// Runs a command with a PostgreSQL for all of its tests, and ends with its exit status:
//
//     node lib/with_postgres.mjs COMMAND [ARGUMENT...]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Postgres } from './postgres.mjs';

const postgres = await Postgres.start();
try {
  const [command, ...args] = process.argv.slice(2);
  const child = spawn(command, args, {
    env: { ...process.env, POLLUX_TEST_POSTGRES: postgres.folder },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
} finally {
  await postgres.stop();
}
