import { createHash } from 'node:crypto';
import type { Clock } from '#shared/base/clock.ts';
import { HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import { type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { ModelDelta, ModelRequest } from '#shared/run/message.ts';
import type { ModelCallOptions, ModelProvider } from '../model.ts';
import { waitFor } from '../wait.ts';
import { matchesCondition } from './match-rule.ts';
import { toDeltas, toScriptedAnswer, toScriptedFailure } from './play-act.ts';
import { type Script, type ScriptRule, toScriptRefusal } from './script.ts';
import { createScriptFiles } from './script-files.ts';
import { type ScriptView, toScriptView } from './script-scope.ts';

/**
 * A model that needs no key and no network: its answers come from rule files (`docs/scripted-model.md`).
 * The same request gets the same answer; only `fail.times` counts, per provider, script, rule and request.
 */
export function createScriptedProvider({
  id,
  folders,
  clock,
}: {
  id: string;
  folders: () => readonly string[];
  clock: Clock;
}): ModelProvider {
  const files = createScriptFiles(folders);
  const failures = new Map<string, number>();

  /** Fails `times` times, then lets one call past the rule, then begins anew. */
  const isSpent = (rule: ScriptRule, place: string, request: ModelRequest): boolean => {
    const { times } = rule.do.fail ?? {};
    if (times === undefined) return false;
    const key = createHash('sha256')
      .update(`${place}\n${toCanonicalJson(request as unknown as JsonValue)}`)
      .digest('base64');
    const count = failures.get(key) ?? 0;
    if (failures.size > maxCounts) failures.clear();
    failures.set(key, count >= times ? 0 : count + 1);
    return count >= times;
  };
  const chooseRule = (script: Script, path: string, view: ScriptView, request: ModelRequest): ScriptRule => {
    for (const [index, rule] of script.rules.entries()) {
      const isMatch = named(path, `rules[${index}].when`, () => matchesCondition(rule.when, view));
      if (isMatch && !isSpent(rule, `${path}#${index}`, request)) return rule;
    }
    throw new HeddleError(
      'model.scriptedNoRule',
      `The script ${path} has no rule for this conversation (turn ${view.turn}, last user message “${view.lastUser.slice(0, 120)}”). Add a rule without \`when\` at its end to catch the rest.`,
      { details: { path, turn: view.turn, rules: script.rules.length } },
    );
  };

  const call = async (request: ModelRequest, { signal, onDelta }: ModelCallOptions) => {
    signal.throwIfAborted();
    const { script, path } = await files.load(request.model);
    signal.throwIfAborted();
    const view = toScriptView(request);
    const rule = chooseRule(script, path, view, request);
    const { wait, pace, fail } = rule.do;
    if (wait !== undefined) await waitFor(wait === 'forever' ? Number.POSITIVE_INFINITY : wait, clock, signal);
    if (fail !== undefined && fail.afterChars === undefined) throw toScriptedFailure(fail, request.model);

    const answer = named(path, `rules[${script.rules.indexOf(rule)}].do`, () => toScriptedAnswer(rule.do, view, request));
    const pieceLength = pace === undefined ? 24 : Math.max(1, Math.round(pace.charsPerSecond / piecesPerSecond));
    let charsLeft = fail?.afterChars ?? Number.POSITIVE_INFINITY;
    for (const delta of toDeltas(answer, pieceLength)) {
      const length = lengthOf(delta);
      if (charsLeft < length || (charsLeft === 0 && delta.type === 'toolCallCompleted')) break;
      charsLeft -= length;
      if (pace !== undefined && length > 0) await waitFor((length / pace.charsPerSecond) * 1000, clock, signal);
      onDelta(delta);
      signal.throwIfAborted();
    }
    if (fail !== undefined) throw toScriptedFailure(fail, request.model);
    return answer;
  };

  return {
    id,
    call,
    listModels: () => files.list(),
    test: async (signal) => {
      const startedAtMs = clock.monotonicMs();
      try {
        const models = await files.list();
        for (const name of models) await files.load(name);
        return { status: 'reachable', models, latencyMs: Math.round(clock.monotonicMs() - startedAtMs) };
      } catch (thrown) {
        signal.throwIfAborted();
        const { code, message } = toErrorInfo(thrown);
        return { status: 'unreachable', code, message };
      }
    },
  };
}

/** Twenty pieces a second look like writing and cost little. */
const piecesPerSecond = 20;
const maxCounts = 10_000;

function lengthOf(delta: ModelDelta): number {
  return delta.type === 'text' ? delta.text.length : delta.type === 'toolCallArguments' ? delta.fragment.length : 0;
}

/** Runs a part of a script and names file and place when an expression in it fails. */
function named<T>(path: string, place: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof HeddleError) throw toScriptRefusal(path, place, thrown);
    throw thrown;
  }
}
