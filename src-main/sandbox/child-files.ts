import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';

/** The few files a child may read, together in a folder of their own. */
export interface ChildFiles {
  /** Where the child starts: an empty folder. */
  readonly workingFolder: string;
  readonly programFile: string;
  readonly nativeModuleFile: string;
  /** Folders and files that the child must be able to read, and nothing else. */
  readonly readable: readonly string[];
  remove(): void;
}

/**
 * Copies the child's program into a fresh temporary folder, so that read access to it grants nothing beside it.
 * A `.ts` program (development, tests) is stripped of its types here together with its neighbours:
 * the child cannot do that itself, because Node strips types with WebAssembly and `--jitless` takes that away.
 */
export function prepareChildFiles(childFile: string): ChildFiles {
  const nativeModuleFile = findNativeModule(childFile);
  // Real paths: permissions are checked against them, and some systems' temporary folder is a symbolic link.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-sandbox-')));
  const programFolder = join(folder, 'program');
  const workingFolder = join(folder, 'empty');
  mkdirSync(programFolder);
  mkdirSync(workingFolder);
  writeFileSync(join(programFolder, 'package.json'), '{"type":"module"}');
  const programFile = join(programFolder, toProgramName(childFile));
  if (childFile.endsWith('.ts')) stripInto(programFolder, childFile, new Set());
  else cpSync(childFile, programFile);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return { workingFolder, programFile, nativeModuleFile, readable: [programFolder, nativeModuleFile], remove };
}

const relativeImport = /from '\.\/([\w-]+)\.ts'/g;

function stripInto(folder: string, file: string, done: Set<string>): void {
  if (done.has(file)) return;
  done.add(file);
  const script = stripTypeScriptTypes(readFileSync(file, 'utf8'));
  for (const [, name] of script.matchAll(relativeImport)) stripInto(folder, join(dirname(file), `${name}.ts`), done);
  writeFileSync(join(folder, toProgramName(file)), script.replace(relativeImport, "from './$1.js'"));
}

function toProgramName(file: string): string {
  return basename(file).replace(/\.ts$/, '.js');
}

/** Asks isolated-vm's own finder for the prebuilt module of this platform; looks from the child's file, then from here. */
function findNativeModule(childFile: string): string {
  for (const from of [childFile, import.meta.url]) {
    try {
      const packageFile = createRequire(from).resolve('isolated-vm/package.json');
      const finder = createRequire(packageFile)('node-gyp-build') as { path(folder: string): string };
      return realpathSync(finder.path(dirname(packageFile)));
    } catch {
      // Not installed as seen from there.
    }
  }
  throw new HeddleError(
    'sandbox.unavailable',
    'Scripts cannot run: the package isolated-vm has no build for this system. Install Heddle again on Node 24.',
  );
}
