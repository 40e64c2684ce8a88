import { besideAllowance } from './allowance.ts';
import type { Bench } from './bench.ts';
import { runProgram } from './program.ts';

const writers = 64;
const seconds = 10;
const allowedMs = 15;

/** How late a host's timers and sockets are served while 64 workflows write. */
export const bench: Bench = {
  name: 'event-loop',
  about: `event-loop delay of a host with ${writers} workflows at work`,
  async run(report) {
    const { p99Ms } = await runProgram<{ p99Ms: number }>('event-loop', String(writers), String(seconds));
    report(besideAllowance('event-loop', 'p99 delay in ms', p99Ms, allowedMs));
  },
};
