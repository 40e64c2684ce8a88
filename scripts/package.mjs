/** `npm run package -- [flags of electron-builder]`: builds what is stale and packs the desktop app for this system into `release`. */
import { dirname } from 'node:path';
import { buildWhenStale } from './lib/build-when-stale.mjs';
import { run } from './lib/child.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { environmentFor, findNode } from './lib/node24.mjs';
import { inProject, projectRoot } from './lib/project.mjs';

ensureInstalled();
const node = findNode();
await buildWhenStale(node);
process.exitCode = await run(node, [inProject('node_modules/electron-builder/cli.js'), '--publish', 'never', ...process.argv.slice(2)], {
  cwd: projectRoot,
  env: { ...environmentFor(node), HEDDLE_NODE_FOLDER: dirname(node) },
});
