/** `npm run -s mutate`: how many planted mistakes in planner and reducer the unit tests and the simulation notice. */
import { runScript } from './lib/run-script.mjs';

await runScript('mutate.ts');
