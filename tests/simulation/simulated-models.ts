import type { ModelCallOptions, Models } from '#main/models/model.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { type JsonObject, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { ModelAnswer, ModelRequest, OfferedTool, RequestedToolCall } from '#shared/run/message.ts';
import { createDice, type Dice, hashText } from './dice.ts';
import type { MortalClock } from './simulated-time.ts';
import type { Mood } from './simulated-tools.ts';

export interface ModelWatch {
  /** A request is leaving for the provider. */
  onEntry(key: string): void;
  onEnd(): void;
  onFault(kind: string): void;
}

/** Which moods a model puts into the calls that it asks for; how faulty calls go decides how the conversation goes on. */
export interface ModelTemper {
  readonly moods: readonly Mood[];
}

/** Models as one host sees them. `die` forgets every request on its way. */
export interface SimulatedModels extends Models {
  die(): void;
}

/**
 * A provider that answers by the content of the request, and fails by the key of the try: asked again under the same key it says the
 * same, so a run that a crash interrupts can come to the same end as one that nothing disturbs.
 */
export function createSimulatedModels(seed: number, clock: MortalClock, temper: ModelTemper, watch: ModelWatch): SimulatedModels {
  const atWork = new Set<() => void>();

  function call(request: ModelRequest, { signal, idempotencyKey, onDelta }: ModelCallOptions): Promise<ModelAnswer> {
    watch.onEntry(idempotencyKey);
    // Without the run: it may get another number when its start is lost and asked for again.
    const dice = createDice(seed, `provider ${idempotencyKey.slice(idempotencyKey.indexOf(':') + 1)}`);
    const fault = toFault(dice);
    const answer = toModelAnswer(seed, request, temper);
    const firstMs = dice.holds(0.2) ? 0 : dice.int(1, dice.holds(0.1) ? 20_000 : 1500);
    const streamMs = dice.int(0, 400);
    return new Promise((resolve, reject) => {
      const end = () => {
        atWork.delete(end);
        cancel();
        signal.removeEventListener('abort', stop);
        watch.onEnd();
      };
      const stop = () => {
        end();
        reject(signal.reason as Error);
      };
      const finish = () => {
        end();
        if (fault === undefined) resolve(answer);
        else {
          watch.onFault(fault.code);
          reject(fault);
        }
      };
      let cancel = clock.schedule(firstMs, () => {
        // Refusals come at once; a stream that is cut has said something before.
        if (fault !== undefined && fault.code !== 'model.streamCut') {
          finish();
          return;
        }
        onDelta({ type: 'text', text: answer.text.slice(0, 3) });
        cancel = clock.schedule(streamMs, finish);
      });
      atWork.add(end);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  return {
    call,
    die() {
      for (const end of [...atWork]) end();
    },
  };
}

function toFault(dice: Dice): HeddleError | undefined {
  const chance = dice.next();
  if (chance < 0.07) {
    return new HeddleError('model.rateLimited', 'Too many requests', { isRetryable: true, retryAfterMs: dice.int(0, 20) * 500 });
  }
  if (chance < 0.12) return new HeddleError('model.unavailable', 'The provider has trouble', { isRetryable: true });
  if (chance < 0.16) return new HeddleError('model.streamCut', 'The answer broke off', { isRetryable: true });
  if (chance < 0.18) return new HeddleError('model.timedOut', 'No answer came', { isRetryable: true });
  if (chance < 0.19) return new HeddleError('model.unauthorized', 'The key is not accepted');
  if (chance < 0.2) return new HeddleError('model.badRequest', 'The request is not understood');
  return undefined;
}

/** An answer by the content of the request alone. */
function toModelAnswer(seed: number, request: ModelRequest, temper: ModelTemper): ModelAnswer {
  const content = toCanonicalJson(request as unknown as JsonValue);
  const dice = createDice(seed, `answer ${content}`);
  const toolCalls = toToolCalls(dice, request, temper);
  return {
    text: toText(dice, request, hashText(content)),
    toolCalls,
    finishReason: toolCalls.length > 0 ? 'toolCalls' : dice.holds(0.05) ? 'length' : 'stop',
    usage: dice.holds(0.1) ? null : { inputTokens: dice.int(1, 500), outputTokens: dice.int(1, 200), cachedInputTokens: 0 },
    costUsd: dice.holds(0.1) ? null : dice.int(0, 100) / 1000,
  };
}

function toText(dice: Dice, { outputSchema }: ModelRequest, hash: number): string {
  if (outputSchema === undefined) return `answer ${hash.toString(36)}`;
  const json = JSON.stringify({ count: hash % 100 });
  if (dice.holds(0.2)) return dice.pick(['I would rather not', '{"count":', '{"count":"many"}']);
  return dice.holds(0.3) ? `\`\`\`json\n${json}\n\`\`\`` : json;
}

function toToolCalls(
  dice: Dice,
  { messages, tools }: ModelRequest,
  { moods }: ModelTemper,
): readonly RequestedToolCall[] & ModelAnswer['toolCalls'] {
  const turn = messages.filter((message) => message.role === 'assistant').length;
  if (tools.length === 0 || dice.holds(0.25 + 0.25 * turn)) return [];
  const calls = Array.from({ length: dice.int(1, 3) }, (_, index) => toToolCall(dice, tools, moods, `t${turn}c${index}`));
  // Two calls alike, even by their id: providers have done that.
  const [first] = calls;
  return first !== undefined && dice.holds(0.1) ? [...calls, first] : calls;
}

function toToolCall(dice: Dice, tools: readonly OfferedTool[], moods: readonly Mood[], id: string): RequestedToolCall {
  const toCall = (name: string, args: JsonObject): RequestedToolCall => ({ id, name, arguments: args, rawArguments: JSON.stringify(args) });
  const { name } = dice.pick(tools);
  const chance = dice.next();
  if (chance < 0.05) return { id, name, arguments: null, rawArguments: '{"amount": 1, "mo' };
  if (chance < 0.08) return toCall('teleport', { amount: 1 });
  if (chance < 0.12) return toCall(name, { amount: 'much' });
  return toCall(name, { amount: dice.int(1, 4), mood: dice.holds(0.8) ? 'well' : dice.pick(moods) });
}
