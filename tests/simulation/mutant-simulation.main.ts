/** Simulates so many seeds with one source file replaced by another text; ends with 1 at the first broken promise. Started by `scripts/mutate.ts`. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const [seeds = '40', file = '', replacement = ''] = process.argv.slice(2);
process.on('unhandledRejection', () => process.exit(1));
if (file !== '') {
  const replaced = pathToFileURL(file).href;
  registerHooks({
    load: (url, context, nextLoad) =>
      url === replaced
        ? { format: 'module-typescript', source: readFileSync(replacement, 'utf8'), shortCircuit: true }
        : nextLoad(url, context),
  });
}
// Only now: what is imported above would be loaded before the hook stands.
const { simulateSeed } = await import('./campaign.ts');
const { findKnown } = await import('./regressions.ts');

for (let seed = 1; seed <= Number(seeds); seed += 1) {
  const { breach } = await simulateSeed(seed);
  if (breach !== null && findKnown(breach) === undefined) process.exit(1);
}
