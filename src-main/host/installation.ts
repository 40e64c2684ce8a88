import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the parts of the program lie: this file is two folders below the root, as source (`src-main/host`) and as bundle (`dist/main`). */
const root = join(import.meta.dirname, '..', '..');
const isSource = import.meta.filename.endsWith('.ts');

/** Paths of what is installed with the host. */
export const installation = {
  studioFolder: join(root, 'dist', 'renderer'),
  templatesFolder: join(root, 'resources', 'templates'),
  scriptsFolder: join(root, 'resources', 'scripts'),
  /** What runs are folded by. */
  codeFolder: isSource ? join(root, 'src-shared') : import.meta.dirname,
  pricesFile: join(root, 'resources', 'prices.json'),
  sandboxChild: isSource ? join(root, 'src-main', 'sandbox', 'child.ts') : join(import.meta.dirname, 'sandbox-child.js'),
} as const;

/** The version of the program, from its package.json. */
export function readVersion(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version;
}
