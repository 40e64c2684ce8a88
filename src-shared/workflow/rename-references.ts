import { HeddleError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { WorkflowNode } from './document.ts';
import { listReferences } from './expression.ts';
import { viewNode } from './node-view.ts';
import { splitTemplate } from './template.ts';

/**
 * The node with every mention of `from` in its expressions changed to `to`; the very same node when it mentions it nowhere.
 * Expressions that are not valid stay as they are, and so do mentions that would then mean a name bound inside the expression.
 */
export function renameInExpressions(node: WorkflowNode, from: string, to: string): WorkflowNode {
  const view = viewNode(node);
  if (view.type !== 'valid') return node;
  let config: JsonObject = node.config;
  for (const use of view.expressions) {
    const renamed = use.form === 'expression' ? renameInExpression(use.source, from, to) : renameInTemplate(use.source, from, to);
    if (renamed !== use.source) config = withValueAt(config, use.path, renamed) as JsonObject;
  }
  return config === node.config ? node : { ...node, config };
}

function renameInTemplate(source: string, from: string, to: string): string {
  if (!source.includes(from)) return source;
  return orUnchanged(source, () =>
    splitTemplate(source)
      .map((part) => (part.type === 'text' ? part.text : `{{${renameInExpression(part.source, from, to)}}}`))
      .join(''),
  );
}

function renameInExpression(source: string, from: string, to: string): string {
  if (!source.includes(from)) return source;
  return orUnchanged(source, () => {
    const mentions = listReferences(source).filter((reference) => reference.root === from);
    const places = mentions.toSorted((left, right) => right.start - left.start);
    const renamed = places.reduce((text, { start, end }) => text.slice(0, start) + to + text.slice(end), source);
    const before = listReferences(source).filter((reference) => reference.root === to).length;
    const after = listReferences(renamed).filter((reference) => reference.root === to).length;
    return after === before + mentions.length ? renamed : source;
  });
}

function orUnchanged(source: string, rename: () => string): string {
  try {
    return rename();
  } catch (error) {
    if (error instanceof HeddleError) return source;
    throw error;
  }
}

/** A copy with the value at the path replaced; the path is one that the kind itself gave. */
function withValueAt(whole: JsonValue, path: readonly (string | number)[], value: JsonValue): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(whole)) return whole.map((item: JsonValue, index) => (index === key ? withValueAt(item, rest, value) : item));
  const object = whole as JsonObject;
  return { ...object, [key]: withValueAt(object[key] as JsonValue, rest, value) };
}
