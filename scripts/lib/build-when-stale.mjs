import { staleHalves } from './build-stamp.mjs';
import { run } from './child.mjs';
import { environmentFor } from './node24.mjs';
import { inProject, projectRoot, refuse } from './project.mjs';

/**
 * Builds what is stale, saying so on standard error; standard output stays the caller's.
 * @param {string} node
 * @param {readonly import('./build-stamp.mjs').Half[]} [halves]
 */
export async function buildWhenStale(node, halves) {
  const stale = staleHalves(halves);
  if (stale.length === 0) return;
  console.error(`Building ${stale.join(' and ')} …`);
  const exitCode = await run(node, [inProject('scripts/build.ts'), ...stale], {
    cwd: projectRoot,
    env: environmentFor(node),
    stdio: ['ignore', 2, 2],
  });
  if (exitCode !== 0) refuse('the build failed; its messages are above.', exitCode);
}
