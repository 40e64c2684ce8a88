import type { JsonValue } from '#shared/base/json.ts';
import type { RunFollowItem } from '#shared/contract/runs.ts';
import type { RunState } from '#shared/run/state.ts';
import { toWaitingHint } from './awaited.ts';
import type { Output } from './output.ts';
import { toProgress } from './progress-lines.ts';
import type { RunResult } from './run-follower.ts';

/** Shows a run while it goes and what came of it. */
export interface RunReport {
  show(item: RunFollowItem, state: RunState | null): void;
  finish(result: RunResult): void;
}

/** For scripts: each event as a line of JSON, last the result. */
export function createJsonReport(output: Output): RunReport {
  return {
    show: (item) => {
      if (item.type === 'event') output.json(item.event);
    },
    finish: (result) => output.json(result),
  };
}

/** For people: progress goes to standard error, the outputs alone to standard output. */
export function createHumanReport(output: Output, isTerminal: boolean): RunReport {
  let streaming: string | undefined;
  let hasToldFailure = false;
  const endStream = (): void => {
    if (streaming !== undefined) output.note('');
    streaming = undefined;
  };
  return {
    show: (item, state) => {
      const progress = toProgress(item, state);
      if (progress === undefined) return;
      hasToldFailure ||= item.type === 'event' && item.event.type === 'run.failed';
      if (progress.type === 'line') {
        endStream();
        output.note(progress.text);
      } else if (isTerminal) {
        if (streaming !== progress.frame) endStream();
        streaming = progress.frame;
        output.progressText(progress.text);
      }
    },
    finish: (result) => {
      endStream();
      // A part that does not come to the workflow's outputs is run for those of its node.
      const isOfNode = result.part !== undefined && Object.keys(result.outputs).length === 0;
      const outputs = isOfNode ? (result.part?.outputs ?? {}) : result.outputs;
      for (const [name, value] of Object.entries(outputs))
        output.line(Object.keys(outputs).length === 1 ? toText(value) : `${name}: ${toText(value)}`);
      output.note(toUsageLine(result));
      if (result.status === 'waiting') output.note(toWaitingHint(result.runId, result.waitsFor ?? []));
      else if (result.status === 'interrupted') output.note(interruptedHint(result.runId));
      else if (result.error !== undefined && !hasToldFailure) output.note(`${result.error.code}: ${result.error.message}`);
    },
  };
}

function toText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function toUsageLine({ usage }: RunResult): string {
  const cost = usage.costUsd === null || usage.modelCalls === 0 ? '' : `, $${usage.costUsd.toFixed(4)}`;
  return `${usage.modelCalls} model calls, ${usage.toolCalls} tool calls, ${usage.inputTokens} + ${usage.outputTokens} tokens${cost}`;
}

function interruptedHint(runId: string): string {
  return `The run is interrupted and keeps as it is. \`heddle continue ${runId}\` lets it go on; \`heddle steer ${runId}\` changes it before.`;
}
