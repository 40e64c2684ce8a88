import { run } from './child.mjs';
import { ensureInstalled } from './install.mjs';
import { environmentFor, findNode } from './node24.mjs';
import { inProject, projectRoot } from './project.mjs';

/**
 * From Node 20 with nothing installed to a TypeScript script under the right Node; its exit code becomes ours.
 * @param {string} script a file in scripts/
 */
export async function runScript(script) {
  ensureInstalled();
  const node = findNode();
  process.exitCode = await run(node, [inProject('scripts', script), ...process.argv.slice(2)], {
    cwd: projectRoot,
    env: environmentFor(node),
  });
}
