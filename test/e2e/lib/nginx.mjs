// An nginx in front of a test's server: on a free port, in a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { lasting_port } from './server.mjs';
import { wait_until } from './wait.mjs';

const NGINX = '/usr/sbin/nginx';
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** The whole configuration around a `server` block. */
function configuration(folder, block) {
  const temporary = TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`);
  return `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http { access_log off; ${temporary.join(' ')}
${block}
}\n`;
}

export class Nginx {
  /** @param make_block (port, folder) → a server block, and maps before it */
  static async start(folder, make_block) {
    const nginx = new Nginx();
    nginx.port = await lasting_port();
    nginx.url = `http://127.0.0.1:${nginx.port}`;
    fs.mkdirSync(folder);
    const file = path.join(folder, 'nginx.conf');
    fs.writeFileSync(file, configuration(folder, make_block(nginx.port, folder)));
    const command = ['--pdeathsig', 'KILL', '--', NGINX, '-p', folder, '-c', file];
    nginx.child = spawn('setpriv', command, { stdio: ['ignore', 'inherit', 'inherit'] });
    await wait_until(() => {
      if (nginx.child.exitCode !== null) throw new Error('nginx has ended');
      return listens(nginx.port);
    });
    return nginx;
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
