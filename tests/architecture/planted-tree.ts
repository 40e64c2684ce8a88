import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const projectRoot = resolve(import.meta.dirname, '../..');

/** The real rules; they are judged in a tree of their own, so that nothing wrong is ever planted in ours. */
const rules = [
  'package.json',
  '.gitignore',
  'biome.json',
  'eslint.config.js',
  '.dependency-cruiser.cjs',
  'tsconfig.base.json',
  'src-shared/tsconfig.json',
  'src-main/tsconfig.json',
  'src-renderer/tsconfig.json',
  'tests/tsconfig.json',
];

/** A throw-away copy of the project's rules with only the files given. */
export interface PlantedTree {
  /** Runs a tool of the project's node_modules inside the tree and gives what it printed. */
  run(tool: string, ...args: readonly string[]): { readonly exitCode: number | null; readonly output: string };
  remove(): void;
}

/**
 * Makes a tree of files (path -> text). With `stubPackages` its node_modules holds empty packages of those names, else it is the project's own.
 */
export function createPlantedTree(files: Readonly<Record<string, string>>, stubPackages: readonly string[] = []): PlantedTree {
  const root = mkdtempSync(join(tmpdir(), 'heddle-planted-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const file of rules) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(join(projectRoot, file), join(root, file));
  }
  for (const [path, text] of Object.entries(files)) write(path, text);
  if (stubPackages.length === 0) symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
  for (const name of stubPackages) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  return {
    run(tool, ...args) {
      const { status, stdout } = spawnSync(process.execPath, [join(projectRoot, 'node_modules', tool), ...args], {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      return { exitCode: status, output: stdout };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
