import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { inProject } from '../../../scripts/lib/project.mjs';

/** Where the built pages lie. */
export const pagesFolder = inProject('.cache/bench-canvas');

/** Builds one of the pages as the window is built; gives the file to open. */
export async function buildPage(name: 'ours' | 'peer'): Promise<string> {
  const outDir = resolve(pagesFolder, name);
  await build({
    configFile: false,
    logLevel: 'warn',
    // The whole project, so that the styles of every part are found.
    root: inProject('.'),
    base: './',
    plugins: [react(), tailwindcss()],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2024',
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: resolve(import.meta.dirname, name, 'index.html') },
    },
  });
  return resolve(outDir, 'tests/bench/canvas-pages', name, 'index.html');
}
