import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const projectRoot = resolve(import.meta.dirname, '../..');

/** The app as it is installed on Linux. */
export interface PackedApp {
  readonly executable: string;
  readonly resources: string;
  readonly node: string;
  readonly hostFile: string;
}

/** Packs the app into a folder with the project's own command, on a real Electron where HEDDLE_ELECTRON names one, else on the stand-in. */
export async function packApp(folder: string): Promise<PackedApp> {
  const electronDist = process.env.HEDDLE_ELECTRON ? dirname(process.env.HEDDLE_ELECTRON) : makeStandInDist(join(folder, 'electron'));
  const release = join(folder, 'release');
  await promisify(execFile)(
    process.execPath,
    [
      join(projectRoot, 'scripts/package.mjs'),
      '--linux',
      'dir',
      '--config.electronDist',
      electronDist,
      '--config.directories.output',
      release,
    ],
    { cwd: projectRoot, maxBuffer: 64 * 1024 * 1024 },
  );
  const installed = join(release, 'linux-unpacked');
  const resources = join(installed, 'resources');
  return {
    executable: join(installed, 'heddle'),
    resources,
    node: join(resources, 'node/node'),
    hostFile: join(resources, 'app.asar.unpacked/dist/main/host.js'),
  };
}

/** Where Electron keeps its fuses: a known text, a version, a count, and a character for each. */
export const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuses = '010001100';

/** The folder of an Electron that was downloaded, as far as packing looks at it: an executable with fuses. */
function makeStandInDist(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const executable = join(folder, 'electron');
  const script = [
    '#!/bin/sh',
    'STANDIN_ARCHIVE=$(dirname "$(readlink -f "$0")")/resources/app.asar; export STANDIN_ARCHIVE',
    `exec ${join(projectRoot, 'tests/standin-electron/electron')} "$@"`,
    `# ${fuseMark}\u0001${String.fromCharCode(fuses.length)}${fuses}`,
  ];
  writeFileSync(executable, script.join('\n'));
  chmodSync(executable, 0o755);
  return folder;
}
