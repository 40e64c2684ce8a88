import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';

/** The few files a child may read, together in a folder of their own. */
export interface ChildFiles {
  /** Where the child starts: an empty folder. */
  readonly workingFolder: string;
  /** The folder of the program, readable to the child with all that is in it. */
  readonly programFolder: string;
  readonly programFile: string;
  /** The one other file that the child must be able to read. */
  readonly nativeModuleFile: string;
  remove(): void;
}

/**
 * Copies the child's program into a fresh temporary folder, so that read access to it grants nothing beside it.
 * A `.ts` program (development, tests) is stripped of its types here together with its neighbours:
 * the child cannot do that itself, because Node strips types with WebAssembly and `--jitless` takes that away.
 */
export function prepareChildFiles(childFile: string): ChildFiles {
  const nativeModuleFile = findNativeModule(childFile);
  removeLeftBehind();
  // Real paths: permissions are checked against them, and some systems' temporary folder is a symbolic link.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`)));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    return { ...fill(folder, childFile), nativeModuleFile, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function fill(folder: string, childFile: string): Pick<ChildFiles, 'workingFolder' | 'programFolder' | 'programFile'> {
  const programFolder = join(folder, 'program');
  const workingFolder = join(folder, 'empty');
  mkdirSync(programFolder);
  mkdirSync(workingFolder);
  writeFileSync(join(programFolder, 'package.json'), '{"type":"module"}');
  const programFile = join(programFolder, toProgramName(childFile));
  if (childFile.endsWith('.ts')) stripInto(programFolder, childFile, new Set());
  else cpSync(childFile, programFile);
  return { workingFolder, programFolder, programFile };
}

const folderPrefix = 'heddle-sandbox-';
const leftBehindAfterMs = 60 * 60_000;

/**
 * A host that was killed could not remove its folder. One hour of grace, because a process id says nothing about
 * hosts in other containers that share this temporary folder.
 */
function removeLeftBehind(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^heddle-sandbox-(\d+)-\w+$/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    const createdAtMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - createdAtMs > leftBehindAfterMs) rmSync(folder, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
