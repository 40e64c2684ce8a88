import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inProject, isInProject, projectRoot } from './project.mjs';

/**
 * The two halves of the build: the programs in dist/main and the window in dist/renderer.
 * @typedef {'main' | 'renderer'} Half
 */

/** @type {Readonly<Record<Half, { sources: readonly string[], product: string }>>} */
const halves = {
  main: { sources: ['src-shared', 'src-main', 'resources'], product: 'dist/main' },
  renderer: { sources: ['src-shared', 'src-renderer', 'resources'], product: 'dist/renderer' },
};

const commonSources = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'vite.config.ts', 'scripts/lib/programs.mjs'];

/** @type {readonly Half[]} */
export const allHalves = ['main', 'renderer'];

/**
 * The halves among these whose sources are not those that were built last.
 * @param {readonly Half[]} wanted
 */
export function staleHalves(wanted = allHalves) {
  return wanted.filter((half) => !isInProject(halves[half].product) || readStamp(half) !== sourceHash(half));
}

/**
 * Names the content of all sources of a half.
 * @param {Half} half
 */
export function sourceHash(half) {
  const hash = createHash('sha256');
  for (const file of [...commonSources, ...halves[half].sources.flatMap(filesUnder)]) {
    hash.update(`${file}\0`).update(readIfThere(file)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * Remembers which sources were built.
 * @param {Half} half
 * @param {string} builtHash
 */
export function writeStamp(half, builtHash) {
  mkdirSync(dirname(stampFile(half)), { recursive: true });
  writeFileSync(stampFile(half), builtHash);
}

/** @param {Half} half */
const stampFile = (half) => inProject('dist', `.stamp-${half}`);

/** @param {Half} half */
function readStamp(half) {
  return readIfThere(`dist/.stamp-${half}`).toString();
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(inProject(file));
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * All files of a source folder in a fixed order; tests are not part of the product.
 * @param {string} folder
 * @returns {string[]}
 */
function filesUnder(folder) {
  if (!isInProject(folder)) return [];
  return readdirSync(join(projectRoot, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1))
    .sort();
}
