import { HeddleError } from '#shared/base/errors.ts';
import type { Port } from '#shared/nodes/kind.ts';
import { listDeliveries } from '#shared/run/deliveries.ts';
import { toTurnFrame } from '#shared/run/frame.ts';
import { findGraph, findNodeState, findScope, findSubworkflow, nodeIn } from '#shared/run/node-states.ts';
import { toCaseKey } from '#shared/run/steer.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import { toExpressionScope } from '#shared/workflow/scope.ts';
import { orAborted } from './abortable.ts';
import type { Attempt } from './attempt.ts';
import type { NodeContext } from './executor.ts';
import { callModel } from './model-calls.ts';
import { ask, byDeadline } from './questions.ts';
import { callTool } from './tool-calls.ts';
import { awaitSignal, waitFor } from './waits.ts';

/** The world of one attempt as its executor sees it. */
export function createNodeContext(attempt: Attempt, inputPorts: readonly Port[], checkJson: NodeContext['checkJson']): NodeContext {
  const { journal, start, node, graphNode, signal, world, activity } = attempt;
  const graph = () => findGraph(journal.state(), attempt.scope) ?? journal.state();
  // Facts that the executor does not wait for: a failed write is the journal's fault to report, not this caller's.

  return {
    node,
    frame: start.frame,
    inputs: start.inputs,
    signal,
    runInputs: findScope(journal.state(), attempt.scope)?.inputs ?? journal.state().inputs,
    scopeOf(names) {
      const here = graph();
      const entries = [...names].flatMap((name) => {
        if (name === 'inputs') return [];
        const upstream = nodeIn(here, name);
        if (upstream === undefined) return [];
        // Only what had settled before this attempt began: a resumed attempt must see what the first try saw.
        const isBefore = upstream.status === 'succeeded' && upstream.settledSeq < start.startedSeq;
        return [[name, isBefore ? upstream.outputs : null] as const];
      });
      return toExpressionScope(Object.fromEntries(entries), start.inputs, inputPorts);
    },
    deliveries(port) {
      const incoming = graphNode.incoming.find((candidate) => candidate.port === port);
      return incoming === undefined ? [] : listDeliveries(graph(), incoming.edges, start.startedSeq);
    },
    chooseModel(configured) {
      const chosen = attempt.modelOverride ?? configured;
      if (chosen === '')
        throw new HeddleError(
          'model.notConfigured',
          `${node.name || node.id} has no model. Choose one in the inspector, or start the run with a model.`,
        );
      return chosen;
    },
    startTurn(turn) {
      const frame = toTurnFrame(start.frame, turn);
      const changes = attempt.reuse?.steeringBefore(frame) ?? [];
      if (changes.length > 0) journal.note('run.steered', { by: 'fork', changes: [...changes] });
      if (!start.turns.some((recorded) => recorded.frame === frame)) journal.note('turn.started', { frame, turn });
      return { frame };
    },
    completeTurn(frame) {
      if (start.turns.find((recorded) => recorded.frame === frame)?.endedAtMs == null) journal.note('turn.completed', { frame });
    },
    callModel: (request, turnFrame) => activity.during(() => callModel(attempt, request, turnFrame)),
    callTool: (order) => activity.during(() => callTool(attempt, order)),
    runScope: (order) => activity.during(() => attempt.runScope(order)),
    inputNamesOf(workflowPath) {
      const workflow = findSubworkflow(journal.state(), workflowPath);
      return workflow === undefined ? [] : listInputFields(workflow).map(({ name }) => name);
    },
    waitFor: (delayMs) => activity.during(() => waitFor(attempt, delayMs)),
    awaitSignal: (name, timeoutMs) => activity.during(() => awaitSignal(attempt, name, timeoutMs)),
    steeredCase: () => journal.state().steeredCases[toCaseKey(findScope(journal.state(), attempt.scope)?.workflowPath ?? null, node.id)],
    async offerTools(names) {
      const find = () => orAborted(signal, Promise.all(names.map((name) => world.toolbox.find(name, signal))));
      const tools = await activity.during(find);
      return tools.map(({ definition }) => ({
        name: definition.name,
        description: definition.description,
        inputSchema: definition.inputSchema,
      }));
    },
    async askPerson(subject, deadline) {
      const askedBefore = Object.values(journal.state().approvals).findLast((approval) => approval.frame === start.frame);
      const question = () => ask(attempt, start.frame, subject, askedBefore?.approvalId ?? null, deadline);
      const decision = await activity.during(question);
      if (decision.type === 'denied' && decision.by === byDeadline && deadline?.onTimeout === 'fail')
        throw new HeddleError('approval.timedOut', 'Nobody answered in time. Give people more time, or say what shall happen instead.');
      if (decision.type === 'resolved') throw new Error('An approval node cannot be resolved');
      return decision.type === 'granted' ? { type: 'granted', value: decision.value } : { type: 'denied', reason: decision.reason };
    },
    takeBranch(caseName) {
      const current = findNodeState(journal.state(), attempt.address);
      if (current?.status === 'running' && current.takenCase !== caseName)
        journal.note('branch.taken', { node: attempt.address, case: caseName });
    },
    log: (level, text) => journal.note('log.written', { frame: start.frame, level, text }),
    checkJson,
  };
}
