/// <reference types="vitest/config" />
import fs from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { transformAsync } from '@babel/core';
import macros from '@lingui/babel-plugin-lingui-macro';
import { lingui } from '@lingui/vite-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { parse } from 'yaml';

/** Where the C server runs while the page is worked on. */
const SERVER = process.env.POLLUX_URL ?? 'http://localhost:8080';

/** Lingui's macros, in the files that use them; the rest of the build knows no Babel. */
function linguiMacros(): Plugin {
  return {
    name: 'lingui-macros',
    enforce: 'pre',
    async transform(code, id) {
      if (!/\.tsx?$/.test(id) || !/@lingui\/\w+\/macro/.test(code)) return null;
      const result = await transformAsync(code, {
        filename: id,
        babelrc: false,
        configFile: false,
        sourceMaps: true,
        parserOpts: { plugins: ['typescript', 'jsx'] },
        plugins: [macros],
      });
      return result?.code ? { code: result.code, map: result.map ?? null } : null;
    },
  };
}

/** `virtual:schemas`: those parts of the server's document whose limits the page checks. */
function apiSchemas(...names: string[]): Plugin {
  const file = path.resolve(import.meta.dirname, '../docs/api/openapi.yaml');
  const id = '\0virtual:schemas';
  return {
    name: 'api-schemas',
    resolveId: (source) => (source === 'virtual:schemas' ? id : null),
    load(loaded) {
      if (loaded !== id) return null;
      this.addWatchFile(file);
      const { schemas } = parse(fs.readFileSync(file, 'utf8')).components;
      return names
        .map((name) => `export const ${name} = ${JSON.stringify(schemas[name])};`)
        .join('\n');
    },
  };
}

/** A brotli file beside each that is worth it; the server embeds and serves them. */
function brotli(): Plugin {
  return {
    name: 'brotli',
    apply: 'build',
    writeBundle({ dir = 'dist' }) {
      const files = fs.readdirSync(dir, { recursive: true, encoding: 'utf8' });
      for (const name of files.filter((f) =>
        /\.(js|css|html|svg|json|webmanifest)$/.test(f),
      )) {
        const data = fs.readFileSync(path.join(dir, name));
        const packed = brotliCompressSync(data, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
        });
        fs.writeFileSync(path.join(dir, `${name}.br`), packed);
      }
    },
  };
}

export default defineConfig({
  plugins: [
    linguiMacros(),
    apiSchemas('PollInput', 'Tag'),
    lingui({ failOnMissing: true }),
    react(),
    tailwindcss(),
    brotli(),
  ],
  resolve: { alias: { '~': path.resolve(import.meta.dirname, 'src') } },
  build: {
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0, // the page's Content-Security-Policy knows no data: scripts
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': SERVER,
      '/docs': SERVER,
      '/openapi.yaml': SERVER,
      '/ws': { target: SERVER, ws: true },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test/setup.ts'],
    restoreMocks: true,
  },
});
