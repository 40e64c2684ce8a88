/** `npm run -s mutate`: how many planted mistakes in planner and reducer the simulation notices. */
import { runScript } from './lib/run-script.mjs';

await runScript('mutate.ts');
