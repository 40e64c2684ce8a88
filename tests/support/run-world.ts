import { createMemoryDisk, createMemoryEventStore, type MemoryEventStore } from '#main/event-store/memory-event-store.ts';
import { executors } from '#main/executors/registry.ts';
import type { ModelCallOptions } from '#main/models/model.ts';
import { createRuns } from '#main/runtime/create-runs.ts';
import { createLanes } from '#main/runtime/lanes/lanes.ts';
import { readRunEvents } from '#main/runtime/read-journal.ts';
import type { Runs, StartRun } from '#main/runtime/runs.ts';
import { createArgumentChecker } from '#main/tools/check-arguments.ts';
import type { Tool, ToolCallContext, ToolDefinition } from '#main/tools/tool.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { EffectClass, RunEvent } from '#shared/run/events.ts';
import { type SchedulingSettings, schedulingSettingsSchema } from '#shared/run/lane-settings.ts';
import type { ModelAnswer, ModelRequest } from '#shared/run/message.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { createTestCalls } from './outside-calls.ts';
import { runCorpus } from './run-corpus.ts';
import { createSimulatedClock, type SimulatedClock } from './simulated-clock.ts';

export interface FakeTool {
  readonly effect?: EffectClass;
  readonly approval?: 'never' | 'always';
  readonly inputSchema?: JsonObject;
  readonly run: (args: JsonObject, context: ToolCallContext) => Promise<JsonValue> | JsonValue;
  /** Called when it is looked up, which takes until then, as for a server that is starting. */
  readonly onFind?: () => Promise<void> | void;
}

export interface RunWorldOptions {
  readonly model?: (request: ModelRequest, options: ModelCallOptions) => Promise<ModelAnswer> | ModelAnswer;
  readonly tools?: Readonly<Record<string, FakeTool>>;
  readonly maxParallelCalls?: number;
  /** Lanes and workers; those of a fresh installation when left out. */
  readonly scheduling?: SchedulingSettings;
  /** The journal takes this many events; whatever is recorded after them is lost and never acknowledged, as when the process is killed there. */
  readonly dieAfterEvents?: number;
}

/** Every outside effect that really happened, in order: what must be neither lost nor doubled. It outlives restarts. */
export type Ledger = { readonly tool: string; readonly key: string; readonly args: JsonObject }[];

export interface RunWorld {
  readonly clock: SimulatedClock;
  readonly ledger: Ledger;
  readonly problems: string[];
  store: MemoryEventStore;
  runs: Runs;
  start(document: WorkflowDocument, more?: Partial<StartRun>): Promise<string>;
  settled(runId: string): ReturnType<Runs['settled']>;
  events(runId: string): readonly RunEvent[];
  /** Resolves when the present host has reached its `dieAfterEvents`. */
  died: Promise<void>;
  /** The host is gone and a new one, which may die again, opens the same disk; nothing is recovered before `runs.recover()`. */
  reopen(dieAfterEvents?: number): Promise<void>;
}

/** One for all worlds: a fresh ajv takes longer than most of their runs. */
const check = createArgumentChecker();

/** The runtime over a journal in memory, a simulated clock, and a model and tools that are functions of the test. */
export function createRunWorld(options: RunWorldOptions = {}): RunWorld {
  const disk = createMemoryDisk();
  const clock = createSimulatedClock();
  const ledger: Ledger = [];
  const problems: string[] = [];
  let runNumber = 0;
  let bury: () => void = () => undefined;

  function open(eventsLeft = Number.POSITIVE_INFINITY): Pick<RunWorld, 'store' | 'runs' | 'died'> {
    const { promise: died, resolve: die } = Promise.withResolvers<void>();
    const { promise: buried, resolve } = Promise.withResolvers<void>();
    bury = resolve;
    const store = createMortalStore(createMemoryEventStore({ disk }), eventsLeft, die, buried);
    const tools = new Map(Object.entries(options.tools ?? {}).map(([name, tool]) => [name, toTool(name, tool, ledger)]));
    const runs = createRuns({
      store,
      executors,
      checkJson: (schema, value) => check(schema, value as JsonObject),
      newRunId: () => `run-${++runNumber}`,
      onProblem: (message) => problems.push(message),
      world: {
        clock,
        // Chance is always the longest wait, so that tests know when to look.
        random: () => 1,
        calls: createTestCalls(clock, options.maxParallelCalls),
        lanes: createLanes(clock, options.scheduling ?? schedulingSettingsSchema.parse({})),
        models: {
          async call(request, callOptions) {
            if (options.model === undefined) throw new Error('This world has no model');
            return options.model(request, callOptions);
          },
        },
        toolbox: {
          list: () => [...tools.values()].map((tool) => tool.definition),
          async find(name) {
            const tool = tools.get(name);
            if (tool === undefined) throw new Error(`This world has no tool ${name}`);
            await options.tools?.[name]?.onFind?.();
            return tool;
          },
          checkArguments: (definition, args) => check(definition.inputSchema, args),
        },
      },
    });
    return { store, runs, died };
  }

  const world: RunWorld = {
    clock,
    ledger,
    problems,
    ...open(options.dieAfterEvents),
    async start(document, more = {}) {
      const { runId } = await world.runs.start({
        document,
        workflowPath: null,
        inputs: {},
        approvalMode: 'ask',
        modelOverride: null,
        startedBy: 'test',
        ...more,
      });
      return runId;
    },
    settled: (runId) => world.runs.settled(runId, new AbortController().signal),
    events: (runId) => [...readRunEvents(world.store, runId)],
    async reopen(dieAfterEvents) {
      // What was enqueued before the death is still written; what came after is refused, so that nobody waits for it.
      await world.store.close();
      bury();
      await world.runs.close();
      Object.assign(world, open(dieAfterEvents));
    },
  };
  const look = () => createMemoryEventStore({ disk });
  runCorpus.add({
    runIds: () =>
      look()
        .heads('run/')
        .map(({ stream }) => stream.slice('run/'.length)),
    events: (runId) => [...readRunEvents(look(), runId)],
  });
  return world;
}

/** An answer that says something and may ask for tools. */
export function toAnswer(
  text: string,
  toolCalls: readonly { readonly id?: string; readonly name: string; readonly arguments: JsonObject }[] = [],
): ModelAnswer {
  return {
    text,
    toolCalls: toolCalls.map((call, index) => ({
      id: call.id ?? `call-${index + 1}`,
      name: call.name,
      arguments: call.arguments,
      rawArguments: JSON.stringify(call.arguments),
    })),
    finishReason: toolCalls.length > 0 ? 'toolCalls' : 'stop',
    usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 0 },
    costUsd: 0.001,
  };
}

/** The store until its last event; after that nothing is written and nothing is acknowledged. */
function createMortalStore(store: MemoryEventStore, eventsLeft: number, onDeath: () => void, buried: Promise<void>): MemoryEventStore {
  let left = eventsLeft;
  return {
    ...store,
    async append(stream, expectedSeq, events) {
      if (left < events.length) {
        left = 0;
        onDeath();
        await buried;
        throw new Error('The host is dead');
      }
      left -= events.length;
      return store.append(stream, expectedSeq, events);
    },
  };
}

function toTool(name: string, tool: FakeTool, ledger: Ledger): Tool {
  const definition: ToolDefinition = {
    name,
    description: `The test's ${name}`,
    inputSchema: tool.inputSchema ?? { type: 'object' },
    outputSchema: {},
    effect: tool.effect ?? 'idempotent',
    approval: tool.approval ?? 'never',
    timeoutMs: 60_000,
    outputCapBytes: 1_000_000,
    source: { type: 'builtin' },
  };
  return {
    definition,
    effectOf: () => definition.effect,
    async run(args, context) {
      ledger.push({ tool: name, key: context.idempotencyKey, args });
      return { value: await tool.run(args, context), isTruncated: false };
    },
  };
}
