import { createArgumentChecker } from '#main/tools/check-arguments.ts';
import type { Tool, Toolbox, ToolCallContext, ToolDefinition, ToolResult } from '#main/tools/tool.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { type JsonObject, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import type { EffectClass } from '#shared/run/events.ts';
import { createDice, hashText } from './dice.ts';
import type { Ledger } from './ledger.ts';
import type { MortalClock } from './simulated-time.ts';

/** How a call goes, said by its arguments, so that it goes the same way each time it is made. */
export const moods = ['well', 'fails', 'flaky', 'lost', 'lostBefore'] as const;
export type Mood = (typeof moods)[number];

interface ToolSpec {
  readonly effect: EffectClass;
  readonly approval: 'never' | 'always';
}

/** The tools of every simulated workspace: each effect class, asking first and not. */
export const toolSpecs: Readonly<Record<string, ToolSpec>> = {
  look: { effect: 'idempotent', approval: 'never' },
  measure: { effect: 'idempotent', approval: 'always' },
  send: { effect: 'dedupes-by-key', approval: 'always' },
  post: { effect: 'dedupes-by-key', approval: 'never' },
  pay: { effect: 'neither', approval: 'never' },
  wire: { effect: 'neither', approval: 'always' },
};

/** What the tools of one host tell whoever watches over the simulation. */
export interface ToolWatch {
  /** A call is entering a tool's body: the last moment at which it could have been kept from happening. */
  onEntry(tool: string, effect: EffectClass, key: string): void;
  onEnd(): void;
  onFault(kind: string): void;
}

/** Tools as one host sees them. `die` decides for every call at work whether it still takes effect, and forgets its answer. */
export interface SimulatedTools extends Toolbox {
  die(): void;
}

/** One for all: a fresh ajv takes longer than most simulations. */
const check = createArgumentChecker();

export function createSimulatedTools(
  seed: number,
  host: number,
  clock: MortalClock,
  step: () => number,
  ledger: Ledger,
  watch: ToolWatch,
): SimulatedTools {
  const atWork = new Set<() => void>();
  const tools = new Map<string, Tool>();
  for (const [name, spec] of Object.entries(toolSpecs)) tools.set(name, toTool(name, spec));
  tools.set('run_code', { ...toTool('run_code', { effect: 'idempotent', approval: 'never' }) });

  function toTool(name: string, { effect, approval }: ToolSpec): Tool {
    const definition: ToolDefinition = {
      name,
      description: `Simulated ${name}`,
      inputSchema: name === 'run_code' ? { type: 'object' } : argumentsSchema,
      outputSchema: {},
      effect,
      approval,
      timeoutMs: 60_000,
      outputCapBytes: 1_000_000,
      source: { type: 'builtin' },
    };
    return { definition, effectOf: () => effect, run: (args, context) => call(name, effect, args, context) };
  }

  function call(
    name: string,
    effect: EffectClass,
    args: JsonObject,
    { idempotencyKey: key, signal, log }: ToolCallContext,
  ): Promise<ToolResult> {
    watch.onEntry(name, effect, key);
    const tries = ledger.countCalls(key) + 1;
    const entry = ledger.enter({ tool: name, effect, key, args, atStep: step(), host });
    const dice = createDice(seed, `call ${key} ${tries}`);
    const mood = name === 'run_code' ? toCodeMood(args) : (args.mood as Mood);
    const fate = toFate(mood, tries);
    if (fate.error !== undefined) watch.onFault(fate.error.code);
    if (dice.holds(0.1)) log('info', `${name} begins`);
    const effectMs = dice.holds(0.3) ? 0 : dice.int(0, dice.holds(0.1) ? 30_000 : 800);
    const answerMs = dice.holds(0.3) ? 0 : dice.int(0, 500);

    return new Promise((resolve, reject) => {
      const end = () => {
        atWork.delete(die);
        cancel();
        signal.removeEventListener('abort', stop);
        watch.onEnd();
      };
      const landByChance = () => {
        if (!entry.hasLanded && fate.lands && dice.holds(0.5)) ledger.land(entry);
      };
      const stop = () => {
        landByChance();
        end();
        reject(signal.reason as Error);
      };
      const die = () => {
        landByChance();
        end();
      };
      let cancel = clock.schedule(effectMs, () => {
        if (fate.lands) ledger.land(entry);
        cancel = clock.schedule(answerMs, () => {
          end();
          if (fate.error !== undefined) reject(fate.error);
          else resolve({ value: name === 'run_code' ? toCodeResult(args) : toToolResult(name, args), isTruncated: false });
        });
      });
      atWork.add(die);
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  return {
    list: () => [...tools.values()].map(({ definition }) => definition),
    async find(name) {
      const tool = tools.get(name);
      if (tool === undefined) throw new HeddleError('tool.notFound', `There is no tool ${name}.`);
      // As for a server that has to be started first.
      const startMs = createDice(seed, `find ${host} ${name}`).int(0, 3) * 40;
      if (startMs > 0) await new Promise<void>((resolve) => clock.schedule(startMs, resolve));
      return tool;
    },
    checkArguments: (definition, args) => check(definition.inputSchema, args),
    die() {
      for (const die of [...atWork]) die();
    },
  };
}

/** What a tool gives for these arguments, always: so a person who finds the call in the ledger can say what it gave. */
export function toToolResult(name: string, args: JsonObject): JsonValue {
  const hash = hashText(`${name} ${toCanonicalJson(args)}`);
  switch (hash % 4) {
    case 0:
      return { name, hash };
    case 1:
      return hash % 1000;
    default:
      return `${name} ${hash.toString(36)}`;
  }
}

const argumentsSchema: JsonObject = {
  type: 'object',
  required: ['amount', 'mood'],
  properties: { amount: { type: 'integer' }, mood: { enum: [...moods] } },
};

/** Whether a call changes the world, and what it says of itself. A tool never lies: `tool.failed` means that nothing happened. */
function toFate(mood: Mood, tries: number): { readonly lands: boolean; readonly error?: HeddleError } {
  switch (mood) {
    case 'well':
      return { lands: true };
    case 'fails':
      return { lands: false, error: new HeddleError('tool.failed', 'It never works') };
    case 'flaky':
      return tries === 1 ? { lands: false, error: new HeddleError('tool.failed', 'Not this time') } : { lands: true };
    case 'lost':
      return { lands: true, error: new HeddleError('tool.timedOut', 'No answer came') };
    case 'lostBefore':
      return { lands: false, error: new HeddleError('tool.timedOut', 'No answer came') };
  }
}

/** The generated sources say in a comment how they go; nothing is evaluated. */
function toCodeMood(args: JsonObject): Mood {
  const source = typeof args.source === 'string' ? args.source : '';
  return source.includes('/* fails */') ? 'fails' : source.includes('/* flaky */') ? 'flaky' : 'well';
}

function toCodeResult(args: JsonObject): JsonValue {
  const input = args.input as JsonObject;
  const logs = Object.keys(input).length % 2 === 0 ? [] : [{ level: 'log', text: 'computed' }];
  return { value: { value: input.in ?? null }, logs };
}
