/**
 * The programs that are built from src-main into dist/main, by build mode: one mode is one bundle with its own format.
 * Entries of one mode share chunks; the sandbox child and the preload must be single files.
 *
 * @typedef {{ readonly format: 'es' | 'cjs', readonly entries: Readonly<Record<string, string>>, readonly isCached: boolean }} NodeBuild
 */

/** @type {Readonly<Record<string, NodeBuild>>} */
export const nodeBuilds = {
  host: { format: 'es', entries: { host: 'src-main/host/main.ts', cli: 'src-main/cli/main.ts' }, isCached: true },
  sandbox: { format: 'es', entries: { 'sandbox-child': 'src-main/sandbox/child.ts' }, isCached: false },
  shell: { format: 'cjs', entries: { shell: 'src-main/shell/main.ts' }, isCached: false },
  preload: { format: 'cjs', entries: { preload: 'src-main/shell/preload.ts' }, isCached: false },
};

/** Packages that stay outside the bundles: native code, and electron, which only exists inside Electron. */
export const externalPackages = ['better-sqlite3', 'isolated-vm', 'electron'];
