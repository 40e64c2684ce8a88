/** `npm run build`: builds what is stale into dist; `-- --force` builds it all. */
import { runScript } from './lib/run-script.mjs';

await runScript('build.ts');
