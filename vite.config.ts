import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin, type ProxyOptions, type UserConfig } from 'vite';
import { externalPackages, nodeBuilds } from './scripts/lib/programs.mjs';

const root = import.meta.dirname;

/** One mode per bundle: `host`, `sandbox`, `shell` and `preload` are Node programs, any other mode is the window. */
export default defineConfig(({ mode }) => (mode in nodeBuilds ? nodeProgram(mode) : studioWindow()));

function studioWindow(): UserConfig {
  return {
    root: resolve(root, 'src-renderer'),
    base: './',
    plugins: [react(), tailwindcss(), lazyEditor()],
    build: {
      outDir: resolve(root, 'dist/renderer'),
      emptyOutDir: true,
      target: 'es2024',
      chunkSizeWarningLimit: 4000,
    },
    server: { host: '127.0.0.1', strictPort: true, proxy: hostProxy(process.env.HEDDLE_DEV_HOST) },
  };
}

/** Fails the build when the code editor (4 MB, half a second) would load with the window instead of on first use. */
function lazyEditor(): Plugin {
  return {
    name: 'heddle-lazy-editor',
    generateBundle(_options, bundle) {
      const pending = Object.values(bundle).flatMap((file) => (file.type === 'chunk' && file.isEntry ? [file.fileName] : []));
      const seen = new Set(pending);
      for (const name of pending) {
        const file = bundle[name];
        if (file?.type !== 'chunk') continue;
        const eager = file.moduleIds.find((id) => id.includes('/node_modules/monaco-editor/'));
        if (eager !== undefined) this.error(`${eager} loads with the window: import the code editor only through a lazy import().`);
        for (const next of file.imports.filter((other) => !seen.has(other))) {
          seen.add(next);
          pending.push(next);
        }
      }
    },
  };
}

/** Sends what the host answers to a running host, as if the page came from there: its Host and Origin lists stay strict. */
function hostProxy(hostUrl: string | undefined): Record<string, ProxyOptions> {
  if (hostUrl === undefined) return {};
  const origin = new URL(hostUrl).origin;
  const toHost = { target: origin, changeOrigin: true, headers: { origin } };
  const paths = ['/api/', '/openapi.json', '/healthz', '/readyz'];
  return {
    ...Object.fromEntries(paths.map((path) => [path, toHost])),
    '/socket': { ...toHost, ws: true },
    // With the token in its address the page signs in at the host, which sends the browser back to `/` with a cookie.
    // Requests only: Vite's own WebSocket has a token in its address as well.
    '^/\\?(.*&)?token=': toHost,
  };
}

function nodeProgram(mode: string): UserConfig {
  const build = nodeBuilds[mode];
  if (build === undefined) throw new Error(`No such build: ${mode}`);
  const entries = Object.entries(build.entries);
  const input = Object.fromEntries(entries.map(([name, file]) => [name, build.isCached ? bootstrapPrefix + file : resolve(root, file)]));
  return {
    publicDir: false,
    plugins: [compileCacheBootstrap()],
    // Everything in plain JavaScript is bundled: one file opens faster than a thousand.
    ssr: { noExternal: true, external: externalPackages, target: 'node' },
    build: {
      ssr: true,
      target: 'node24',
      outDir: resolve(root, 'dist/main'),
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input,
        // Flat, so that `import.meta.url` means dist/main in every chunk.
        output: {
          format: build.format,
          entryFileNames: build.format === 'es' ? '[name].js' : '[name].cjs',
          chunkFileNames: '[name]-[hash].js',
          ...(mode === 'host' ? {} : { codeSplitting: false }),
        },
      },
    },
  };
}

const bootstrapPrefix = 'heddle-bootstrap:';

/** An entry that turns on Node's compile cache before the program is loaded: parsing the bundle is most of a start. */
function compileCacheBootstrap(): Plugin {
  return {
    name: 'heddle-compile-cache-bootstrap',
    resolveId: (id) => (id.startsWith(bootstrapPrefix) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${bootstrapPrefix}`)) return undefined;
      const entry = resolve(root, id.slice(bootstrapPrefix.length + 1));
      return [
        "import { enableCompileCache } from 'node:module';",
        "import { fileURLToPath } from 'node:url';",
        "enableCompileCache(fileURLToPath(new URL('./.compile-cache', import.meta.url)));",
        // Bundled CommonJS packages still ask for these two; every chunk lies in the same folder.
        'Object.assign(globalThis, { __filename: import.meta.filename, __dirname: import.meta.dirname });',
        `await import(${JSON.stringify(entry)});`,
      ].join('\n');
    },
  };
}
