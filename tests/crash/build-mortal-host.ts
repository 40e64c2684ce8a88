import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** The mortal host as a bundle, built like the product: a start costs a third of one from the sources, and a suite needs hundreds. */
export interface MortalProgram {
  readonly file: string;
  remove(): void;
}

const root = join(import.meta.dirname, '..', '..');

/** Builds into a folder of its own in `dist`, two below the root: where a bundle looks for templates, prices and native packages. */
export async function buildMortalHost(): Promise<MortalProgram> {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const outDir = mkdtempSync(join(root, 'dist', 'mortal-'));
  const remove = () => rmSync(outDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const common = { root, configFile: join(root, 'vite.config.ts'), logLevel: 'error' } as const;
  try {
    await build({ ...common, mode: 'sandbox', build: { outDir } });
    const input = { 'mortal-host': 'heddle-bootstrap:tests/crash/mortal-host.main.ts' };
    await build({ ...common, mode: 'host', build: { outDir, rolldownOptions: { input } } });
  } catch (error) {
    remove();
    throw error;
  }
  return { file: join(outDir, 'mortal-host.js'), remove };
}
