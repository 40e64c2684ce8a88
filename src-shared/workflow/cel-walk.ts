import type { ASTNode } from '@marcbachmann/cel-js';

/** Calls `visit` for every node as it was written (macros unexpanded), parents first. Depth is bounded by the parser (250). */
export function walkCel(node: ASTNode, visit: (node: ASTNode, parent: ASTNode | null) => void, parent: ASTNode | null = null): void {
  visit(node, parent);
  for (const child of listChildren(node)) walkCel(child, visit, node);
}

/** The operands of a node, in source order. */
export function listChildren(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

const comprehensions: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** When the node binds a name for some of its operands: the name, and from which operand on (counted from `listChildren`). */
export function findBinding(node: ASTNode): { readonly name: string; readonly from: number } | undefined {
  if (node.op !== 'rcall') return undefined;
  const [method, receiver, [first]] = node.args;
  if (first?.op !== 'id') return undefined;
  if (comprehensions.has(method) && node.args[2].length >= 2) return { name: first.args, from: 1 };
  // cel.bind(name, value, body): operands are [cel, name, value, body]
  if (method === 'bind' && receiver.op === 'id' && receiver.args === 'cel') return { name: first.args, from: 3 };
  return undefined;
}
