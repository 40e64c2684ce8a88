import type { JsonObject } from '#shared/base/json.ts';
import type { RunEvent, RunEventData, RunEventType } from '#shared/run/events.ts';
import { toRunEvent, toRunStream } from '#shared/run/events.ts';
import type { ChatMessage, RequestedToolCall } from '#shared/run/message.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** A workflow with agents, a branch back, an approval and a file, as the window's development host shows it. */
export const storyWorkflow: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Research, write, review',
  nodes: [
    node('brief', 'input', 'Brief', 0, 120, {
      fields: [
        { name: 'topic', type: 'string', required: true, description: 'What to write about.' },
        { name: 'folder', type: 'folder', default: 'sources' },
        { name: 'words', type: 'integer', default: 300 },
        { name: 'isPublic', type: 'boolean', default: false },
      ],
    }),
    node('researcherA', 'agent', 'Researcher A', 220, 40, {
      model: 'scripted/demo',
      system: 'You research.',
      prompt: '{{ inputs.in }}',
      tools: [{ name: 'read_file' }, { name: 'search_files' }],
      maxTurns: 12,
    }),
    node('researcherB', 'agent', 'Researcher B', 220, 200, {
      model: 'scripted/demo',
      system: 'You research.',
      prompt: '{{ inputs.in }}',
      tools: [{ name: 'read_file' }],
      maxTurns: 12,
    }),
    node('writer', 'prompt', 'Writer', 440, 120, { model: 'scripted/demo', system: 'You write.', prompt: '{{ inputs.in }}' }),
    node('publish', 'approval', 'Publish?', 660, 120, {
      title: 'Publish the report?',
      message: 'It goes to **report.md**.',
      isEditable: true,
    }),
    node('report', 'output', 'Report', 880, 120, { name: 'report' }),
  ],
  edges: [
    { from: { node: 'brief', port: 'topic' }, to: { node: 'researcherA', port: 'in' } },
    { from: { node: 'brief', port: 'topic' }, to: { node: 'researcherB', port: 'in' } },
    { from: { node: 'researcherA', port: 'text' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'researcherB', port: 'text' }, to: { node: 'writer', port: 'in' } },
    { from: { node: 'writer', port: 'text' }, to: { node: 'publish', port: 'in' } },
    { from: { node: 'publish', port: 'approved' }, to: { node: 'report', port: 'value' } },
  ],
};

/** One step of a story: what is recorded, and how long after the step before. */
export interface Step {
  readonly type: RunEventType;
  readonly data: JsonObject;
  readonly afterMs: number;
}

export const reportText = `# Looms and what drives them

Demand grew **12 %** in Q3 (source: \`sources/q3-report.md\`, p. 4), but the table on p. 9 says 21 %.

> The suppliers left in August, and nobody replaced them.

- Two suppliers left in August
- The order book is 1.4 years deep
- Prices follow with a delay of one quarter`;

/** The steps of a run of the story's workflow up to the question, and to the end when a person approves. */
export function tellStory(runId: string, end: 'asks' | 'succeeds' | 'fails'): readonly Step[] {
  const research = (id: string, turns: number): Step[] => [
    step('node.started', { node: id, attempt: 1, inputs: { in: 'Looms' } }, 8),
    ...Array.from({ length: turns }, (_unused, index) => turn(id, index + 1, index + 1 < turns)).flat(),
    step('node.succeeded', { node: id, attempt: 1, outputs: { text: `Notes of ${id}: demand grew 12 % in Q3.`, turns } }, 20),
  ];
  const writer: Step[] = [
    step('node.started', { node: 'writer', attempt: 1, inputs: { in: { researcherA: 'Notes A', researcherB: 'Notes B' } } }, 12),
    step(
      'modelCall.started',
      {
        frame: 'writer#1/m1',
        request: request([system('You write for engineers.'), user('Write about looms from these notes.')], null),
        requestHash: 'h',
        idempotencyKey: 'k',
      },
      4,
    ),
  ];
  const begin = [
    step(
      'run.started',
      {
        runId,
        workflow: storyWorkflow as unknown as JsonObject,
        workflowPath: 'research-write-review.heddle.json',
        inputs: { topic: 'Looms', folder: 'sources', words: 300, isPublic: false },
        approvalMode: 'ask',
        modelOverride: null,
        startedBy: 'window',
        subworkflows: {},
        budgetUsd: null,
        forkedFrom: null,
        part: null,
      },
      0,
    ),
    step('node.started', { node: 'brief', attempt: 1, inputs: {} }, 2),
    step('node.succeeded', { node: 'brief', attempt: 1, outputs: { topic: 'Looms', folder: 'sources', words: 300, isPublic: false } }, 2),
    ...interleave(research('researcherA', 2), research('researcherB', 3)),
    ...writer,
  ];
  if (end === 'fails') {
    const error = {
      code: 'model.rateLimited',
      message: 'scripted/demo answered 429: “slow down, 40 requests a minute”. It asks to wait 20 s.',
      isRetryable: true,
      retryAfterMs: 20_000,
      details: { status: 429 },
    };
    return [
      ...begin,
      step('modelCall.failed', { frame: 'writer#1/m1', error, retryAtMs: null }, 900),
      step('node.failed', { node: 'writer', attempt: 1, error, consequence: { type: 'stop' } }, 4),
      step('run.failed', { error, node: 'writer' }, 3),
    ];
  }
  const asked = [
    ...begin,
    step('modelCall.completed', { frame: 'writer#1/m1', answer: answer(reportText, [], 2400, 380) }, 3200),
    step('node.succeeded', { node: 'writer', attempt: 1, outputs: { text: reportText } }, 10),
    step('node.started', { node: 'publish', attempt: 1, inputs: { in: reportText } }, 5),
    step(
      'approval.requested',
      {
        approvalId: 'publish#1',
        frame: 'publish#1',
        subject: { type: 'node', title: 'Publish the report?', message: 'It goes to **report.md**.', value: reportText, isEditable: true },
      },
      5,
    ),
  ];
  return end === 'asks' ? asked : [...asked, ...finish(8_000)];
}

/** What follows when a person approves. */
export function finish(afterMs: number): readonly Step[] {
  return [
    step('approval.granted', { approvalId: 'publish#1', by: 'user', value: reportText, isEdited: false }, afterMs),
    step('node.succeeded', { node: 'publish', attempt: 1, outputs: { approved: reportText } }, 4),
    step('node.started', { node: 'report', attempt: 1, inputs: { value: reportText } }, 2),
    step('node.succeeded', { node: 'report', attempt: 1, outputs: {} }, 1),
    step('run.succeeded', { outputs: { report: reportText } }, 3),
  ];
}

/** The events of a story that happened from `startedAtMs` on. */
export function toEvents(runId: string, steps: readonly Step[], startedAtMs: number): readonly RunEvent[] {
  let atMs = startedAtMs;
  return steps.map((one, index) => {
    atMs += one.afterMs;
    return toEvent(runId, one, index + 1, atMs);
  });
}

export function toEvent(runId: string, one: Step, seq: number, atMs: number): RunEvent {
  return {
    ...toRunEvent(one.type, one.data as unknown as RunEventData[RunEventType], atMs),
    stream: toRunStream(runId),
    seq,
  } as unknown as RunEvent;
}

function turn(id: string, number: number, callsTools: boolean): Step[] {
  const frame = `${id}#1/t${number}`;
  const model = `${frame}/m1`;
  const calls: RequestedToolCall[] = callsTools
    ? [
        {
          id: `c${number}`,
          name: 'read_file',
          arguments: { path: `sources/q${number}-report.md` },
          rawArguments: `{"path":"sources/q${number}-report.md"}`,
        },
      ]
    : [];
  const base = number === 1 ? null : `${id}#1/t${number - 1}/m1`;
  const messages: ChatMessage[] =
    number === 1
      ? [system('You research in the given folder. Quote page numbers. Say when figures disagree.'), user('Looms: what drives demand?')]
      : [
          {
            role: 'assistant',
            text: '',
            toolCalls: [
              { id: `c${number - 1}`, name: 'read_file', arguments: { path: `sources/q${number - 1}-report.md` }, rawArguments: '{}' },
            ],
          },
          {
            role: 'tool',
            callId: `c${number - 1}`,
            name: 'read_file',
            text: 'Demand grew 12 % in Q3. See the table on p. 9.',
            isError: false,
          },
        ];
  return [
    step('turn.started', { frame, turn: number }, 3),
    step('modelCall.started', { frame: model, request: request(messages, base), requestHash: 'h', idempotencyKey: 'k' }, 2),
    step(
      'modelCall.completed',
      {
        frame: model,
        answer: answer(
          callsTools ? 'I look into the report first.' : 'Demand grew 12 % in Q3, the table on p. 9 says 21 %.',
          calls,
          1200 * number,
          90,
        ),
      },
      1400,
    ),
    ...calls.flatMap((call) => [
      step(
        'toolCall.requested',
        { frame: `${frame}/c1`, tool: call.name, arguments: call.arguments as JsonObject, argumentsHash: 'h', callId: call.id },
        2,
      ),
      step(
        'toolCall.started',
        { frame: `${frame}/c1`, tool: call.name, arguments: call.arguments as JsonObject, effect: 'idempotent', idempotencyKey: 'k' },
        2,
      ),
      step('log.written', { frame: `${frame}/c1`, level: 'info', text: `read ${String(call.arguments?.path)}, 4.2 KB` }, 6),
      step(
        'toolCall.completed',
        { frame: `${frame}/c1`, result: { text: 'Demand grew 12 % in Q3. See the table on p. 9.', bytes: 4211 }, isTruncated: false },
        30,
      ),
    ]),
    step('turn.completed', { frame }, 2),
  ];
}

function node(id: string, kind: string, name: string, x: number, y: number, config: JsonObject): WorkflowDocument['nodes'][number] {
  return { id, kind, name, position: { x, y }, config };
}

function step(type: RunEventType, data: object, afterMs: number): Step {
  return { type, data: data as JsonObject, afterMs };
}

function interleave(a: readonly Step[], b: readonly Step[]): Step[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_unused, index) => [a[index], b[index]])
    .flat()
    .filter((one) => one !== undefined);
}

function system(text: string): ChatMessage {
  return { role: 'system', text };
}

function user(text: string): ChatMessage {
  return { role: 'user', text };
}

function request(messages: readonly ChatMessage[], baseFrame: string | null) {
  const tools = [
    {
      name: 'read_file',
      description: 'Reads a text file of the workspace.',
      inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
    },
  ];
  return {
    model: 'scripted/demo',
    messages,
    tools: baseFrame === null ? tools : null,
    toolChoice: 'auto',
    baseFrame,
    keptMessages: baseFrame === null ? 0 : 2,
    temperature: 0.2,
  };
}

function answer(text: string, toolCalls: readonly RequestedToolCall[], inputTokens: number, outputTokens: number) {
  return {
    text,
    toolCalls,
    finishReason: toolCalls.length > 0 ? 'toolCalls' : 'stop',
    usage: { inputTokens, outputTokens, cachedInputTokens: Math.round(inputTokens / 3) },
    costUsd: inputTokens * 0.000003 + outputTokens * 0.000015,
  };
}
