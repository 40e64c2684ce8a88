/** `npm run dev`: the window with hot reload in front of a host that restarts when its sources change. */
import { runScript } from './lib/run-script.mjs';

await runScript('dev.ts');
