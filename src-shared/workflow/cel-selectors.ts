import type { ASTNode } from '@marcbachmann/cel-js';
import { walkCel } from './cel-walk.ts';

/**
 * CEL's grammar does not allow `in`, `true`, `false` and `null` after a dot, yet a port may well be called so (`inputs.in`).
 * The words are disguised as `In`, `True`, … before parsing (same length, so that positions hold) and restored in the tree.
 */
export function maskSelectors(source: string): { readonly masked: string; readonly positions: ReadonlySet<number> } {
  const positions = new Set<number>();
  const masked = source.replace(tokens, (token, space: string | undefined, word: string | undefined, offset: number) => {
    if (word === undefined || space === undefined) return token;
    positions.add(offset + 1 + space.length);
    return `.${space}${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  });
  return { masked, positions };
}

/** Undoes `maskSelectors` in the parsed tree. */
export function unmaskSelectors(ast: ASTNode, positions: ReadonlySet<number>): void {
  if (positions.size === 0) return;
  walkCel(ast, (node) => {
    if (node.op === '.' && positions.has(node.pos)) node.args[1] = node.args[1].toLowerCase();
  });
}

/** Texts and comments first, so that nothing inside them is taken for a selector. */
const tokens =
  /"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|\.(\s*)(in|true|false|null)(?![A-Za-z0-9_(])/g;
