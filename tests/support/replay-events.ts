import { executors } from '#main/executors/registry.ts';
import { replayRun } from '#main/runtime/replay-run.ts';
import type { ReplayOptions } from '#main/runtime/runs.ts';
import { createArgumentChecker } from '#main/tools/check-arguments.ts';
import type { JsonObject } from '#shared/base/json.ts';
import type { RunEvent } from '#shared/run/events.ts';
import type { ReplayReport } from '#shared/run/replay-report.ts';

const check = createArgumentChecker();

/** Replays a journal with the executors of this build. */
export function replayEvents(events: readonly RunEvent[], options: ReplayOptions = {}): Promise<ReplayReport> {
  return replayRun(events, { executors, checkJson: (schema, value) => check(schema, value as JsonObject), ...options });
}
