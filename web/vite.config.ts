/// <reference types="vitest/config" />
import fs from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { transformAsync } from '@babel/core';
import macros from '@lingui/babel-plugin-lingui-macro';
import { lingui } from '@lingui/vite-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type Rolldown } from 'vite';
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

/**
 * Nothing is fetched ahead of a dynamic import: no list of modules (resolveDependencies), and
 * no styles, which are all in one file (cssCodeSplit). So Vite's code for that is left out.
 */
function noPreload(): Plugin {
  return {
    name: 'no-preload',
    apply: 'build',
    enforce: 'pre',
    load: (id) =>
      id === '\0vite/preload-helper.js'
        ? 'export const __vitePreload = (load) => load();'
        : null,
  };
}

type ChunkContext = Parameters<Rolldown.CodeSplittingNameFunction>[1];

/**
 * One chunk for all that the first screen needs at once: many small ones are packed worse,
 * by 4 % in all.
 */
function firstLoad(): Rolldown.CodeSplittingNameFunction {
  const entry = path.resolve(import.meta.dirname, 'src/main.tsx');
  let first: Set<string> | null = null;
  return (id, context) => {
    first ??= importedFrom(entry, context);
    return first.has(id) ? 'first' : null;
  };
}

function importedFrom(entry: string, context: ChunkContext): Set<string> {
  const imported = new Set(context.getModuleInfo(entry)?.importedIds);
  for (const id of imported) // a Set goes on to what is added while it is walked
    for (const next of context.getModuleInfo(id)?.importedIds ?? []) imported.add(next);
  return imported;
}

export default defineConfig({
  plugins: [
    linguiMacros(),
    apiSchemas('PollInput', 'Tag'),
    lingui({ failOnMissing: true }),
    react(),
    tailwindcss(),
    brotli(),
    noPreload(),
  ],
  resolve: {
    alias: {
      '~': path.resolve(import.meta.dirname, 'src'),
      'use-sync-external-store/shim/index.js': 'react', // wouter's, for a React without it
    },
  },
  build: {
    target: 'es2022',
    manifest: true,
    cssCodeSplit: false,
    assetsInlineLimit: 0, // the page's Content-Security-Policy knows no data: scripts
    modulePreload: {
      polyfill: false,
      // a list of what each screen needs would be fetched before the first of them
      resolveDependencies: (_, files, { hostType }) => (hostType === 'html' ? files : []),
    },
    rolldownOptions: {
      checks: { bundlerTimings: false }, // where its seconds go is no warning
      output: {
        codeSplitting: {
          groups: [
            { name: firstLoad(), debugName: 'first', priority: 1 },
            // small ones that several screens need: one request, not a dozen
            { name: 'shared', minShareCount: 2 },
          ],
        },
      },
    },
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
    testTimeout: 240_000, // limits, not waits: the machine may be busy
    hookTimeout: 240_000,
  },
});
