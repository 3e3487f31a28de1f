// Prometheus' text format, as far as a test needs it.
import assert from 'node:assert/strict';

const key_of = (name, labels) =>
  JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);

class Metrics {
  values = new Map();

  constructor(text) {
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const [, name, braces, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
      const labels = {};
      for (const [, label, word] of (braces ?? '').matchAll(/(\w+)="([^"]*)"/g)) {
        labels[label] = word;
      }
      const key = key_of(name, labels);
      assert.ok(!this.values.has(key), `twice: ${line}`);
      this.values.set(key, Number(value));
    }
  }

  /** One series; 0 when it is not there. */
  get(name, labels = {}) {
    return this.values.get(key_of(name, labels)) ?? 0;
  }

  get size() {
    return this.values.size;
  }
}

/** What a server tells now. */
export async function metrics_of(server) {
  return new Metrics((await server.api.get('/metrics', { expect: 200 })).text);
}
