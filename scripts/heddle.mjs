/** `npm run -s heddle -- …`: the command line, built first when stale. Standard output belongs to the command alone. */
import { pathToFileURL } from 'node:url';
import { buildWhenStale } from './lib/build-when-stale.mjs';
import { run } from './lib/child.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { environmentFor, findNode, isNewEnough } from './lib/node24.mjs';
import { callerFolder, inProject, isInProject, refuse } from './lib/project.mjs';

ensureInstalled();
const node = findNode();
await buildWhenStale(node, ['main']);
const program = inProject('dist/main/cli.js');
if (!isInProject('dist/main/cli.js'))
  refuse('the build has no command line (dist/main/cli.js). Run `npm run build -- --force` and read its warnings.');

process.chdir(callerFolder('heddle'));
if (isNewEnough()) {
  // This process becomes the command: signals, standard input and the exit code need no passing on.
  process.argv = [process.execPath, program, ...process.argv.slice(2)];
  await import(pathToFileURL(program).href);
} else {
  process.exitCode = await run(node, [program, ...process.argv.slice(2)], { env: environmentFor(node) });
}
