/** `npm run -s coverage`: which branches of the kernel no test takes. */
import { runScript } from './lib/run-script.mjs';

await runScript('coverage.ts');
