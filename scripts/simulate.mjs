/** `npm run simulate -- --seeds 1000`: the whole engine on simulated time, disk and outside, under faults and commands of chance. */
import { runScript } from './lib/run-script.mjs';

await runScript('simulate.ts');
