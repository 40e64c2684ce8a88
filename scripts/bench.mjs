/** `npm run -s bench -- <name> --json`: measures against peers. */
import { runScript } from './lib/run-script.mjs';

await runScript('bench.ts');
