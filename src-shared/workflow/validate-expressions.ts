import { HeddleError } from '../base/errors.ts';
import type { ExpressionUse, NodeKind } from '../nodes/kind.ts';
import type { WorkflowNode } from './document.ts';
import { compileExpression, type Expression, type Reference } from './expression.ts';
import { createUpstreamTest } from './graph.ts';
import { findNearest } from './near-name.ts';
import { viewNode } from './node-view.ts';
import type { Problem } from './problem.ts';
import { splitTemplate } from './template.ts';
import { type Subject, toFieldWords, toLabel } from './validation-subject.ts';

/** What is wrong with expressions: their syntax, the kind of value they give, and the nodes and outputs they speak of. */
export function checkExpressions({ document, nodes, graph, undoneBy }: Subject): Problem[] {
  const leadsTo = createUpstreamTest(graph);
  // A compensation comes after the node it undoes and all that led to that one.
  const isUpstream = (upstream: string, of: string) => {
    const undone = undoneBy.get(of)?.id;
    return undone === undefined ? leadsTo(upstream, of) : upstream === undone || leadsTo(upstream, undone);
  };
  return document.nodes.flatMap((node) => {
    const view = viewNode(node);
    if (view.type !== 'valid') return [];
    return view.expressions.flatMap((use) => checkUse(node, view.kind, use));
  });

  function checkUse(node: WorkflowNode, kind: NodeKind, use: ExpressionUse): Problem[] {
    const problems: Problem[] = [];
    const report: Report = (code, message, severity = 'error', name) =>
      problems.push({
        code,
        severity,
        node: node.id,
        port: null,
        path: [...use.path],
        ...(name === undefined ? {} : { name }),
        message: `${toLabel(node)}, ${toFieldWords(kind, use.path)}: ${message}`,
      });
    for (const part of listExpressions(use, report)) {
      const compiled = tryCompile(part.source);
      if (compiled instanceof HeddleError) {
        const start = part.start + Number(compiled.details?.start ?? 0);
        report('expression.invalid', `${String(compiled.details?.problem)} (${toPosition(use.source, start)}).`);
        continue;
      }
      if (use.form === 'expression' && use.gives === 'boolean' && compiled.gives !== 'bool' && compiled.gives !== 'dyn') {
        report('expression.wrongType', `it must give true or false, but it gives ${compiled.gives}.`);
      }
      const told = new Set<string>();
      for (const reference of compiled.references) {
        const name = `${reference.root}.${reference.member ?? ''}`;
        if (told.has(name)) continue;
        told.add(name);
        if (use.names?.includes(reference.root) === true) continue;
        checkReference(node, reference, report);
      }
    }
    return problems;
  }

  function checkReference(node: WorkflowNode, { root, member }: Reference, report: Report): void {
    if (root === 'inputs') {
      const inputs = listPortNames(node, 'inputs');
      if (member !== null && inputs !== null && !inputs.includes(member)) {
        report(
          'expression.unknownInput',
          `this node has no input “${member}”. ${inputs.length === 0 ? 'It has none.' : `It has: ${inputs.slice(0, 20).join(', ')}.`}`,
          'error',
          member,
        );
      }
      return;
    }
    const target = nodes.get(root);
    if (target === undefined) {
      // Not looked for in very large documents.
      const near = nodes.size > 500 ? undefined : findNearest(root, nodes.keys());
      report(
        'expression.unknownReference',
        `there is no node “${root}”.${near === undefined ? '' : ` Did you mean “${near}”?`}`,
        'error',
        root,
      );
      return;
    }
    if (!isUpstream(root, node.id) || root === node.id) {
      report(
        'expression.notUpstream',
        root === node.id
          ? 'it speaks of its own node, which has no outputs yet.'
          : undoneBy.has(node.id)
            ? `“${root}” is neither the node that this one undoes nor leads to it, so its outputs may not be there. Speak of “${undoneBy.get(node.id)?.id}” or of what leads to it.`
            : `“${root}” does not lead to this node, so its outputs may not be there yet. Connect it, directly or through other nodes.`,
        'error',
        member === null ? root : `${root}.${member}`,
      );
      return;
    }
    const outputs = listPortNames(target, 'outputs');
    if (member !== null && outputs !== null && !outputs.includes(member)) {
      report(
        'expression.unknownOutput',
        `${toLabel(target)} has no output “${member}”. ${outputs.length === 0 ? 'It has none.' : `It has: ${outputs.slice(0, 20).join(', ')}.`}`,
        'error',
        `${root}.${member}`,
      );
    } else if (target.disabled === true)
      report('expression.disabledReference', `“${root}” is disabled, so this will be null.`, 'warning', root);
  }
}

function listExpressions(
  use: ExpressionUse,
  report: (code: string, message: string) => void,
): readonly { readonly source: string; readonly start: number }[] {
  if (use.form === 'expression') return [{ source: use.source, start: 0 }];
  try {
    return splitTemplate(use.source).filter((part) => part.type === 'expression');
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    report('expression.invalid', `${String(error.details?.problem)} (${toPosition(use.source, Number(error.details?.start ?? 0))}).`);
    return [];
  }
}

function tryCompile(source: string): Expression | HeddleError {
  try {
    return compileExpression(source);
  } catch (error) {
    if (error instanceof HeddleError) return error;
    throw error;
  }
}

function listPortNames(node: WorkflowNode, side: 'inputs' | 'outputs'): readonly string[] | null {
  const view = viewNode(node);
  return view.type === 'valid' ? view.ports[side].map((port) => port.name) : null;
}

function toPosition(source: string, offset: number): string {
  const before = source.slice(0, offset);
  return `line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}`;
}

type Report = (code: string, message: string, severity?: Problem['severity'], name?: string) => void;
