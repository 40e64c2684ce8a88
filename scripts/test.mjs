/** `npm test`: sets up what the tests need and runs them all, or the stages that are named. */
import { runScript } from './lib/run-script.mjs';

await runScript('run-stages.ts');
