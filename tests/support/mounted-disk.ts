import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own, in memory. */
export interface MountedDisk {
  readonly folder: string;
  /** Leaves no more than so many bytes free. */
  fillTo(bytesLeft: number): void;
  /** Gives back what `fillTo` took. */
  free(): void;
  makeReadOnly(): void;
  makeWritable(): void;
  unmount(): void;
}

/** Whether this account may mount: root on Linux, as long as no container forbids it. */
export const canMount: boolean = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'heddle-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0;
  if (isMounted) execFileSync('umount', ['--lazy', folder]);
  rmSync(folder, { recursive: true });
  return isMounted;
})();

/** Mounts a disk of `bytes`; `unmount` removes it with everything on it. */
export function mountDisk(bytes: number): MountedDisk {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-disk-')));
  const folder = join(place, 'disk');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  const ballast = join(folder, 'ballast');
  const remount = (options: string) => execFileSync('mount', ['-o', `remount,${options}`, folder]);
  return {
    folder,
    fillTo(bytesLeft) {
      rmSync(ballast, { force: true });
      const free = Number(execFileSync('stat', ['-f', '-c', '%a', folder]).toString()) * 4096;
      writeFileSync(ballast, Buffer.alloc(Math.max(0, free - bytesLeft)));
    },
    free: () => rmSync(ballast, { force: true }),
    makeReadOnly: () => remount('ro'),
    makeWritable: () => remount('rw'),
    unmount() {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}
