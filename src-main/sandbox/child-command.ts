import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ChildFiles } from './child-files.ts';

/** A program with its arguments. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** How a child is started: in bubblewrap (given by path) or as a plain process. */
export type Confinement = { readonly kind: 'plain' } | { readonly kind: 'bubblewrap'; readonly file: string };

/** The descriptor on which bubblewrap tells the process id of the child. */
export const bubblewrapInfoDescriptor = 4;

/** Node with every permission closed that can be: no files but its own, no children, no workers, no WebAssembly, no JIT. */
export function toChildCommand(confinement: Confinement, nodeBinary: string, files: ChildFiles): Command {
  const nodeArgs = [
    '--jitless',
    '--no-node-snapshot',
    '--no-warnings',
    '--permission',
    '--allow-addons',
    `--allow-fs-read=${files.programFolder}`,
    `--allow-fs-read=${files.nativeModuleFile}`,
    files.programFile,
    files.nativeModuleFile,
  ];
  if (confinement.kind === 'plain') return { file: nodeBinary, args: nodeArgs };
  return wrap(confinement.file, ['--info-fd', String(bubblewrapInfoDescriptor)], nodeBinary, nodeArgs, files);
}

/** Looks for bubblewrap on PATH and starts Node in it once with the very same walls; a system that forbids namespaces fails here. */
export async function probeConfinement(nodeBinary: string, files: ChildFiles): Promise<Confinement> {
  if (process.platform !== 'linux') return { kind: 'plain' };
  const file = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'bwrap'))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) return { kind: 'plain' };
  const probe = wrap(file, [], nodeBinary, ['--version'], files);
  const isUsable = await new Promise<boolean>((resolve) => {
    execFile(probe.file, probe.args, { timeout: 5_000, env: {} }, (error) => resolve(error === null));
  });
  return isUsable ? { kind: 'bubblewrap', file } : { kind: 'plain' };
}

function wrap(bubblewrap: string, options: readonly string[], nodeBinary: string, nodeArgs: readonly string[], files: ChildFiles): Command {
  const readOnly = [
    ...systemFolders.filter((path) => existsSync(path)),
    nodeBinary,
    files.programFolder,
    files.nativeModuleFile,
    files.workingFolder,
  ];
  return {
    file: bubblewrap,
    args: [
      // --as-pid-1: the child itself is the namespace's first process, so the id on the info descriptor is the child's.
      ...['--unshare-all', '--die-with-parent', '--new-session', '--as-pid-1', '--clearenv', '--cap-drop', 'ALL', ...options],
      ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
      ...readOnly.flatMap((path) => ['--ro-bind', path, path]),
      ...['--remount-ro', '/tmp', '--chdir', files.workingFolder, '--', nodeBinary, ...nodeArgs],
    ],
  };
}

/** What a dynamically linked Node needs to start. */
const systemFolders = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/etc/ld.so.cache', '/nix/store'];
