import { HeddleError } from '#shared/base/errors.ts';
import type { Port } from '#shared/nodes/kind.ts';
import { listDeliveries } from '#shared/run/deliveries.ts';
import { toTurnFrame } from '#shared/run/frame.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { toExpressionScope } from '#shared/workflow/scope.ts';
import { orAborted } from './abortable.ts';
import type { Attempt } from './attempt.ts';
import type { NodeContext } from './executor.ts';
import { callModel } from './model-calls.ts';
import { ask } from './questions.ts';
import { callTool } from './tool-calls.ts';

/** The world of one attempt as its executor sees it. */
export function createNodeContext(attempt: Attempt, inputPorts: readonly Port[], checkJson: NodeContext['checkJson']): NodeContext {
  const { journal, start, node, graphNode, signal, world } = attempt;
  // Facts that the executor does not wait for: a failed write is the journal's fault to report, not this caller's.
  const note = (written: Promise<void>) => void written.catch(() => undefined);

  return {
    node,
    inputs: start.inputs,
    signal,
    runInputs: journal.state().inputs,
    scopeOf(names) {
      const state = journal.state();
      const entries = [...names].flatMap((name) => {
        if (name === 'inputs') return [];
        const upstream = findNodeState(state, name);
        if (upstream === undefined) return [];
        // Only what had settled before this attempt began: a resumed attempt must see what the first try saw.
        const isBefore = upstream.status === 'succeeded' && (upstream.settledSeq ?? 0) < start.startedSeq;
        return [[name, isBefore ? upstream.outputs : null] as const];
      });
      return toExpressionScope(Object.fromEntries(entries), start.inputs, inputPorts);
    },
    deliveries(port) {
      const incoming = graphNode.incoming.find((candidate) => candidate.port === port);
      return incoming === undefined ? [] : listDeliveries(journal.state(), incoming.edges, start.startedSeq);
    },
    chooseModel(configured) {
      const chosen = journal.state().modelOverride ?? configured;
      if (chosen === '')
        throw new HeddleError(
          'model.notConfigured',
          `${node.name || node.id} has no model. Choose one in the inspector, or start the run with a model.`,
        );
      return chosen;
    },
    startTurn(turn) {
      const frame = toTurnFrame(start.frame, turn);
      if (!start.turns.some((recorded) => recorded.frame === frame)) note(journal.record('turn.started', { frame, turn }));
      return { frame };
    },
    completeTurn(frame) {
      if (start.turns.find((recorded) => recorded.frame === frame)?.endedAtMs == null) note(journal.record('turn.completed', { frame }));
    },
    callModel: (request, turnFrame) => callModel(attempt, request, turnFrame),
    callTool: (order) => callTool(attempt, order),
    async offerTools(names) {
      const tools = await orAborted(signal, Promise.all(names.map((name) => world.toolbox.find(name, signal))));
      return tools.map(({ definition }) => ({
        name: definition.name,
        description: definition.description,
        inputSchema: definition.inputSchema,
      }));
    },
    async askPerson(subject) {
      const askedBefore = Object.values(journal.state().approvals).findLast((approval) => approval.frame === start.frame);
      const decision = await ask(attempt, start.frame, subject, askedBefore?.approvalId ?? null);
      if (decision.type === 'resolved') throw new Error('An approval node cannot be resolved');
      return decision.type === 'granted' ? { type: 'granted', value: decision.value } : { type: 'denied', reason: decision.reason };
    },
    takeBranch(caseName) {
      const current = findNodeState(journal.state(), node.id);
      if (current?.status === 'running' && current.takenCase !== caseName)
        note(journal.record('branch.taken', { node: node.id, case: caseName }));
    },
    log: (level, text) => note(journal.record('log.written', { frame: start.frame, level, text })),
    checkJson,
  };
}
