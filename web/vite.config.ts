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
      const isNew = (f: string) => !files.includes(`${f}.br`);
      for (const name of files.filter(
        (f) => /\.(js|css|html|svg|json|webmanifest)$/.test(f) && isNew(f),
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
 * One chunk for all that an entry needs at once: many small ones are packed worse, by 4 % in
 * all.
 */
function neededBy(
  sources: string[],
  name: string,
  otherwise: string | null = null,
): Rolldown.CodeSplittingNameFunction {
  const entries = sources.map((source) => path.resolve(import.meta.dirname, source));
  let needed: Set<string> | null = null;
  return (id, context) => {
    needed ??= importedFrom(entries, context);
    return needed.has(id) ? name : otherwise;
  };
}

function importedFrom(entries: string[], context: ChunkContext): Set<string> {
  const imported = new Set(
    entries.flatMap((entry) => context.getModuleInfo(entry)?.importedIds ?? []),
  );
  for (const id of imported) // a Set goes on to what is added while it is walked
    for (const next of context.getModuleInfo(id)?.importedIds ?? []) imported.add(next);
  return imported;
}

/** While the page is worked on, the widget has its own document too, as the server gives it. */
function widgetDocument(): Plugin {
  return {
    name: 'widget-document',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((request, _, next) => {
        if (request.url?.startsWith('/embed/')) request.url = '/embed.html';
        next();
      });
    },
  };
}

/**
 * The page, on React; and, by --mode widget, the widget from the same components on Preact,
 * into the same folder (docs/adr/0018).
 */
const PAGE = { name: 'first', document: 'index.html', entry: 'src/main.tsx' };
const WIDGET = { name: 'widget', document: 'embed.html', entry: 'src/widget.tsx' };
/** Screens to vote on: what they share comes without the forms of the others. */
const VOTING = ['src/browse/Browse.tsx', 'src/poll/PollPage.tsx', 'src/vote/aside.ts'];
const ON_PREACT = {
  'react-dom/client': 'preact/compat/client',
  'react-dom': 'preact/compat',
  'react/jsx-runtime': 'preact/jsx-runtime',
  react: 'preact/compat',
};

export default defineConfig(({ mode }) => {
  const isWidget = mode === 'widget';
  const built = isWidget ? WIDGET : PAGE;
  return {
    plugins: [
      widgetDocument(),
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
        'use-sync-external-store/shim/index.js': isWidget ? 'preact/compat' : 'react', // wouter's, for a React without it
        ...(isWidget && ON_PREACT),
      },
    },
    build: {
      target: 'es2022',
      manifest: `.vite/${built.name}.json`,
      emptyOutDir: !isWidget,
      copyPublicDir: !isWidget,
      cssCodeSplit: false,
      assetsInlineLimit: 0, // the page's Content-Security-Policy knows no data: scripts
      modulePreload: {
        polyfill: false,
        // a list of what each screen needs would be fetched before the first of them
        resolveDependencies: (_, files, { hostType }) => (hostType === 'html' ? files : []),
      },
      rolldownOptions: {
        input: built.document,
        checks: { bundlerTimings: false }, // where its seconds go is no warning
        output: {
          codeSplitting: {
            groups: [
              {
                name: neededBy([built.entry], built.name),
                debugName: 'first',
                priority: 1,
              },
              // small ones that several screens need: one request, not a dozen
              { name: neededBy(VOTING, 'shared', 'forms'), minShareCount: 2 },
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
  };
});
