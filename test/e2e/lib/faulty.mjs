// A server on a disk that fails, or is slow, on command: see test/lib/fault.c.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { BINARY, Server } from './server.mjs';

const SHIM = path.join(path.dirname(BINARY), 'test/libfault.so');

/**
 * The environment of a process for which calls on files under dir go wrong, by the rules
 * in the file control, while that is there.
 */
export function fault_env(dir, control) {
  assert.ok(fs.existsSync(SHIM), `${SHIM} is built by script/setup`);
  return {
    LD_PRELOAD: SHIM,
    ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:verify_asan_link_order=0`,
    FAULT_DIR: dir,
    FAULT_FILE: control,
  };
}

export class FaultyServer extends Server {
  constructor(opts) {
    super(opts);
    this.control = path.join(this.root, 'fault');
    this.opts.env = { ...this.opts.env, ...fault_env(this.data_dir, this.control) };
  }

  /** From now on calls fail by that rule: see test/lib/fault.c. */
  fail(rule) {
    fs.writeFileSync(`${this.control}.new`, `${rule}\n`);
    fs.renameSync(`${this.control}.new`, this.control);
  }

  heal() {
    fs.rmSync(this.control, { force: true });
  }
}
