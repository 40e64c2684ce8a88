import { readFileSync } from 'node:fs';

/** What a process has used, as the kernel counts it. */
export interface ProcessUsage {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Usage of a process by its id; nothing on systems without /proc (there only the child watches itself) or when it is gone. */
export function readProcessUsage(pid: number): ProcessUsage | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return {
      cpuMs: parseCpuMs(readFileSync(`/proc/${pid}/stat`, 'latin1')),
      residentBytes: parseResidentBytes(readFileSync(`/proc/${pid}/statm`, 'latin1')),
    };
  } catch {
    return undefined;
  }
}

/** Linux counts in ticks of 1/100 s for user space, whatever the kernel's own rate. */
const msPerTick = 10;
/** statm counts pages; 4 KiB on every platform we ship for but some arm64 kernels, where the child's own watch is the tighter one. */
const bytesPerPage = 4_096;

function parseCpuMs(stat: string): number {
  // The second field is the program's name in brackets and may hold spaces and brackets; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}

function parseResidentBytes(statm: string): number {
  return Number(statm.split(' ')[1]) * bytesPerPage;
}
