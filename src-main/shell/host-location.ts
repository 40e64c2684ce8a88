import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the app was installed, as Electron tells it. */
export interface Installation {
  /** The folder of package.json, or `app.asar`. */
  readonly appPath: string;
  /** Where `extraResources` were put. */
  readonly resourcesPath: string;
  readonly isPackaged: boolean;
}

/**
 * The program that runs the host and the host's file. Always plain Node: HEDDLE_NODE, the one in the package, else the one on
 * PATH. Never the running executable, in which isolated-vm aborts.
 */
export function findHost({ appPath, resourcesPath, isPackaged }: Installation, env: NodeJS.ProcessEnv): { node: string; file: string } {
  const bundled = join(resourcesPath, 'node', process.platform === 'win32' ? 'node.exe' : 'node');
  return {
    node: env.HEDDLE_NODE || (isPackaged && existsSync(bundled) ? bundled : 'node'),
    // Plain Node sees an archive as a file: the host lies unpacked beside it.
    file: join(appPath.replace(/\.asar$/, '.asar.unpacked'), 'dist', 'main', 'host.js'),
  };
}
