import { type ErrorInfo, toErrorInfo } from '#shared/base/errors.ts';
import { findKind } from '#shared/nodes/registry.ts';
import { defaultLaneName } from '#shared/run/lane-settings.ts';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import type { Ticket } from './lanes/lane-ticket.ts';
import type { Lanes } from './lanes/lanes.ts';

/** Lets the nodes of one run into their lanes. */
export interface NodeQueue {
  /** True while the node waits for room. */
  has(address: string): boolean;
  /** Calls one of `onTicket` and `onRefused` once, at once where there is room; neither after `leave`. Kinds that take no lane get no ticket. */
  enter(address: string, entry: QueueEntry): void;
  leave(address: string): void;
  leaveAll(): void;
}

export interface QueueEntry {
  /** Where it waited before, when somebody has moved it; left out, the node's own lane. */
  readonly lane?: string | undefined;
  readonly onWaiting: (lane: string) => void;
  readonly onTicket: (ticket: Ticket | undefined) => void;
  readonly onRefused: (error: ErrorInfo) => void;
}

/** How a waiting node is called in the lanes of all runs. */
export function toTicketId(runId: string, address: string): string {
  return `${runId}:${address}`;
}

/** The address of the node that waits under this id. */
export function fromTicketId(ticketId: string, runId: string): string {
  return ticketId.slice(runId.length + 1);
}

export function createNodeQueue(dependencies: {
  readonly lanes: Lanes;
  readonly runId: string;
  readonly findNode: (address: string) => WorkflowNode | undefined;
  /** Who goes first among the nodes of the run: the highest. */
  readonly rankOf: (address: string) => number;
  /** What a lane sets in motion is the run's affair when it goes wrong. */
  readonly guarded: (work: () => void) => void;
}): NodeQueue {
  const { lanes, runId, findNode, rankOf, guarded } = dependencies;
  const waiting = new Map<string, AbortController>();

  return {
    has: (address) => waiting.has(address),
    enter(address, { lane, onWaiting, onTicket, onRefused }) {
      const node = findNode(address);
      if (node === undefined || findKind(node.kind)?.takesLane !== true) {
        onTicket(undefined);
        return;
      }
      const controller = new AbortController();
      const request = {
        lane: lane ?? node.lane ?? defaultLaneName,
        keys: { run: runId, ...(node.kind === 'agent' ? { agent: node.name || node.id } : {}) },
        priority: node.priority,
        rank: rankOf(address),
        signal: controller.signal,
        scheduleToStartMs: node.policy?.queueTimeoutMs,
        id: toTicketId(runId, address),
      };
      const ticket = lanes.tryEnter(request);
      if (ticket !== undefined) {
        onTicket(ticket);
        return;
      }
      waiting.set(address, controller);
      onWaiting(request.lane);
      lanes.enter(request).then(
        (given) => {
          if (waiting.get(address) !== controller) {
            given.leave();
            return;
          }
          waiting.delete(address);
          guarded(() => onTicket(given));
        },
        (thrown: unknown) => {
          if (waiting.get(address) !== controller) return;
          waiting.delete(address);
          guarded(() => onRefused(toErrorInfo(thrown)));
        },
      );
    },
    leave(address) {
      const controller = waiting.get(address);
      waiting.delete(address);
      controller?.abort();
    },
    leaveAll() {
      for (const controller of waiting.values()) controller.abort();
      waiting.clear();
    },
  };
}
