import type { JsonValue } from '#shared/base/json.ts';
import { toCanonicalJson } from '#shared/base/json.ts';
import { toSentRequest } from '#shared/context/sent-request.ts';
import type { ModelRequest, RecordedRequest } from '#shared/run/message.ts';
import type { Divergence } from '#shared/run/replay-report.ts';
import { listRequestChanges, type RequestChange } from '#shared/run/request-change.ts';
import type { AttemptState, ModelCallState } from '#shared/run/state.ts';
import { toAttemptOf, toNodePath, toPlace } from '#shared/run/walk-attempts.ts';
import { diffWords } from '#shared/run/word-diff.ts';
import type { ReplayScript } from './replay-script.ts';

/** Requests to models by their frames, to be given whole. */
export interface SentRequests {
  add(frame: string, request: RecordedRequest): void;
  whole(frame: string): ModelRequest | undefined;
}

export function createSentRequests(): SentRequests {
  const byAttempt = new Map<string, Map<string, ModelCallState>>();

  return {
    add(frame, request) {
      const attempt = toAttemptOf(frame);
      const calls = byAttempt.get(attempt) ?? new Map<string, ModelCallState>();
      byAttempt.set(attempt, calls.set(frame, { type: 'model', frame, request } as ModelCallState));
    },
    whole(frame) {
      const calls = byAttempt.get(toAttemptOf(frame));
      const call = calls?.get(frame);
      if (calls === undefined || call === undefined) return undefined;
      return toSentRequest({ calls: [...calls.values()], turns: [] } as unknown as AttemptState, call);
    },
  };
}

const mostCompared = 20;

/** The recorded request that comes nearest to one that the journal has not: in the same place, at the same node, or the least different. */
export function findNearestModelCall(
  script: ReplayScript,
  recorded: SentRequests,
  frame: string,
  request: ModelRequest,
): Divergence['nearest'] {
  const here = recorded.whole(frame);
  if (here !== undefined) return { frame, changes: [...listRequestChanges(here, request)] };
  const path = toNodePath(toPlace(frame));
  const all = [...script.models.keys()];
  const near = all.filter((candidate) => toNodePath(toPlace(candidate)) === path);
  return pickLeast(
    (near.length > 0 ? near : all).slice(0, mostCompared).flatMap((candidate) => {
      const sent = recorded.whole(candidate);
      return sent === undefined ? [] : [{ frame: candidate, changes: [...listRequestChanges(sent, request)] }];
    }),
  );
}

/** The recorded call of a tool that comes nearest to one that the journal has not. */
export function findNearestToolCall(script: ReplayScript, frame: string, tool: string, args: JsonValue): Divergence['nearest'] {
  const path = toNodePath(toPlace(frame));
  const all = [...script.tools.values()].filter((call) => call.requested.data.tool === tool);
  const near = all.filter((call) => toNodePath(toPlace(call.frame)) === path);
  return pickLeast(
    (near.length > 0 ? near : all).slice(0, mostCompared).map((call) => ({
      frame: call.frame,
      changes: [
        {
          part: 'arguments' as const,
          label: `the arguments of ${tool}`,
          diff: [...diffWords(toCanonicalJson(call.requested.data.arguments), toCanonicalJson(args))],
        },
      ],
    })),
  );
}

function pickLeast(candidates: readonly NonNullable<Divergence['nearest']>[]): Divergence['nearest'] {
  const size = ({ changes }: { readonly changes: readonly RequestChange[] }) =>
    changes.reduce((sum, { diff }) => sum + diff.reduce((length, part) => length + (part.type === 'same' ? 0 : part.text.length), 0), 0);
  return candidates.toSorted((a, b) => size(a) - size(b))[0] ?? null;
}
