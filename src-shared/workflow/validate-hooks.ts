import { HeddleError } from '../base/errors.ts';
import { compileExpression } from './expression.ts';
import type { Problem } from './problem.ts';
import type { Subject } from './validation-subject.ts';

/** What a hook's expressions know. */
const hookNames = ['value', 'point', 'node', 'run'] as const;

/** What is wrong with the hooks of a workflow: ids used twice, nodes that are not there, expressions that cannot be read. */
export function checkHooks({ document, nodes }: Subject): Problem[] {
  const seen = new Set<string>();
  return (document.hooks ?? []).flatMap((hook, index): Problem[] => {
    const problems: Problem[] = [];
    const report = (code: string, key: string, message: string, severity: Problem['severity'] = 'error') =>
      problems.push({ code, severity, node: null, port: null, path: ['hooks', index, key], message: `Hook ${hook.id}: ${message}` });
    if (seen.has(hook.id)) report('hook.repeatedId', 'id', 'another hook has the same name. Give it one of its own.');
    seen.add(hook.id);
    for (const id of hook.nodes ?? [])
      if (!nodes.has(id)) report('hook.unknownNode', 'nodes', `there is no node “${id}”, so it is not asked about it.`, 'warning');
    checkExpression(hook.when, 'when', report);
    if (hook.action.type === 'expression') checkExpression(hook.action.expression, 'action', report);
    return problems;
  });
}

function checkExpression(source: string | undefined, key: string, report: (code: string, key: string, message: string) => void): void {
  if (source === undefined) return;
  try {
    const { references } = compileExpression(source);
    const stranger = references.find(({ root }) => !hookNames.some((name) => name === root));
    if (stranger !== undefined)
      report('hook.unknownName', key, `its expression speaks of “${stranger.root}”; a hook knows ${hookNames.join(', ')}.`);
  } catch (thrown) {
    if (!(thrown instanceof HeddleError)) throw thrown;
    report('expression.invalid', key, `its expression cannot be read: ${String(thrown.details?.problem ?? thrown.message)}.`);
  }
}
