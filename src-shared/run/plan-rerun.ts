import type { JsonObject } from '../base/json.ts';
import { inputKind } from '../nodes/input/input.ts';
import { type WorkflowDocument, workflowSchemaVersion } from '../workflow/document.ts';
import { listCompensations } from './compensations.ts';
import { type DeadLetter, toDeadLetters } from './dead-letters.ts';
import type { ForkEdit } from './fork-origin.ts';
import { scopeOf, toAddress } from './frame.ts';
import { attemptsOf, findNodeState, type GraphView, viewScope } from './node-states.ts';
import { callsOf } from './reduce-calls.ts';
import type { AttemptState, RunState } from './state.ts';
import { walkAttempts } from './walk-attempts.ts';

/**
 * How to run again what a dead letter tells of. A fork does it within its run: what succeeded is taken over, everything that failed is done
 * again. What was undone since is done again too. A compensation is started alone, because the rest of its run is over.
 */
export type Rerun =
  | { readonly type: 'fork'; readonly edits: readonly ForkEdit[] }
  | { readonly type: 'start'; readonly document: WorkflowDocument; readonly inputs: JsonObject };

/** What to start so that the failed part runs again. Pure. */
export function planRerun(state: RunState, letter: DeadLetter): Rerun {
  if (letter.type === 'compensation' && letter.document !== null) return { type: 'start', ...toAlone(letter) };
  return { type: 'fork', edits: [...listUndone(state), ...toDeadLetters(state).flatMap((failed) => listToAskAgain(state, failed))] };
}

/** Whether a fork of the run does this one again together with the others. */
export function isRerunWithItsRun({ type }: DeadLetter): boolean {
  return type !== 'compensation';
}

/** The node that undoes, behind an input node that gives it what it was given. */
function toAlone({ document, nodeName, workflowName, inputs }: DeadLetter): {
  readonly document: WorkflowDocument;
  readonly inputs: JsonObject;
} {
  if (document === null) throw new Error('Only a node can be run alone');
  const { policy, config, kind, id } = document;
  const start = id === 'given' ? 'given_' : 'given';
  const fields = Object.keys(inputs).map((name) => ({ name, type: 'any' }));
  const position = { x: 0, y: 0 };
  return {
    document: {
      schemaVersion: workflowSchemaVersion,
      name: `${nodeName} of ${workflowName}, again`.slice(0, 200),
      nodes: [
        { id: start, kind: inputKind.kind, name: 'Given', position, config: { fields } },
        { id, kind, name: document.name, position: { x: 240, y: 0 }, config, ...(policy === undefined ? {} : { policy }) },
      ],
      edges: Object.keys(inputs).map((name) => ({ from: { node: start, port: name }, to: { node: id, port: name } })),
    },
    inputs,
  };
}

/** What a saga has undone is there no more, so its recordings do not count. */
function listUndone(state: RunState): readonly ForkEdit[] {
  return listGraphs(state).flatMap(({ path, graph }) =>
    graph.saga === null
      ? []
      : listCompensations(state, path, graph).flatMap((compensation): readonly ForkEdit[] => {
          const { compensates } = compensation.node;
          if (compensates === null || compensation.state.status !== 'succeeded') return [];
          const undone = attemptsOf(findNodeState(state, toAddress(scopeOf(compensation.address), compensates))).at(-1);
          return undone === undefined ? [] : [{ type: 'rerun', frame: undone.frame }];
        }),
  );
}

function listGraphs(state: RunState): readonly { readonly path: string; readonly graph: GraphView }[] {
  const inScopes = [...walkAttempts(state)].flatMap(({ attempt }) =>
    attempt.scopes.map((scope) => ({ path: scope.path, graph: viewScope(state, scope) })),
  );
  return [{ path: '', graph: state }, ...inScopes];
}

/** A node that could not use what its model said must hear something else: what each try heard last does not count. */
function listToAskAgain(state: RunState, { type, node, error: { code } }: DeadLetter): readonly ForkEdit[] {
  if (type !== 'node' || code === 'node.timedOut' || code.startsWith('lane.') || code.startsWith('approval.')) return [];
  return attemptsOf(findNodeState(state, node)).flatMap((attempt) =>
    hasFailedCall(attempt, code) ? [] : listLastAnswers(attempt).map((frame): ForkEdit => ({ type: 'rerun', frame })),
  );
}

function hasFailedCall(attempt: AttemptState, code: string): boolean {
  return callsOf(attempt).some(({ outcome }) => outcome.type === 'failed' && outcome.error.code === code);
}

/** The answers since the last use of a tool, which stands: an effect is not doubled to hear other words. */
function listLastAnswers(attempt: AttemptState): readonly string[] {
  const calls = callsOf(attempt);
  return calls
    .slice(calls.findLastIndex(({ type }) => type === 'tool') + 1)
    .flatMap(({ type, outcome, frame }) => (type === 'model' && outcome.type === 'completed' ? [frame] : []));
}
