import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { toSentRequest } from '#shared/context/sent-request.ts';
import { attemptsOf, nodeIn } from '#shared/run/node-states.ts';
import { callsOf } from '#shared/run/reduce-calls.ts';
import type { AttemptState, CallState, RunState } from '#shared/run/state.ts';
import type { HookDeclaration, HookPoint, WorkflowNode } from '#shared/workflow/document.ts';

/** What a hook would have been told the first time that a run came to its point; null when it never did. Calls of other nodes than its own do not count. */
export function toHookValues({ point, nodes = [] }: HookDeclaration, run: RunState): JsonObject | null {
  const about = { point, run: { id: run.runId, inputs: run.inputs } };
  switch (point) {
    case 'beforeRun':
      return { ...about, node: null, value: run.inputs };
    case 'afterRun': {
      const value = toEnd(run);
      return value === null ? null : { ...about, node: null, value };
    }
    default:
      for (const node of run.workflow.nodes) {
        if (nodes.length > 0 && !nodes.includes(node.id)) continue;
        const value = findValue(point, node, run);
        if (value !== undefined) return { ...about, node: { id: node.id, kind: node.kind, name: node.name || node.id }, value };
      }
      return null;
  }
}

/** How a run ended, as hooks after it are told. */
function toEnd({ status, outputs, error, cancelReason }: RunState): JsonObject | null {
  switch (status) {
    case 'succeeded':
      return { status, outputs };
    case 'failed':
      return { status, error: error as unknown as JsonValue };
    case 'cancelled':
      return { status, reason: cancelReason };
    default:
      return null;
  }
}

function findValue(point: Exclude<HookPoint, 'beforeRun' | 'afterRun'>, { id }: WorkflowNode, run: RunState): JsonValue | undefined {
  const state = nodeIn(run, id);
  const attempts = attemptsOf(state);
  switch (point) {
    case 'beforeNode':
      return attempts[0]?.inputs;
    case 'afterNode':
      return state?.status === 'succeeded' && attempts.length > 0 ? state.outputs : undefined;
    case 'onError':
      return attempts.find(({ error }) => error !== null)?.error as JsonValue | undefined;
    default:
      for (const attempt of attempts) {
        for (const call of callsOf(attempt)) {
          const value = findCallValue(point, attempt, call);
          if (value !== undefined) return value;
        }
      }
      return undefined;
  }
}

function findCallValue(
  point: 'beforeModelCall' | 'afterModelCall' | 'beforeToolCall' | 'afterToolCall',
  attempt: AttemptState,
  call: CallState,
): JsonValue | undefined {
  switch (point) {
    case 'beforeModelCall':
      return call.type === 'model' ? (toSentRequest(attempt, call) as unknown as JsonValue) : undefined;
    case 'afterModelCall':
      return call.type === 'model' && call.outcome.type === 'completed' ? (call.outcome.answer as unknown as JsonValue) : undefined;
    case 'beforeToolCall':
      return call.type === 'tool' ? { tool: call.tool, arguments: call.arguments } : undefined;
    case 'afterToolCall':
      return call.type === 'tool' && call.outcome.type === 'completed' ? call.outcome.result : undefined;
  }
}
