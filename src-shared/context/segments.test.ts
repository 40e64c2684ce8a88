import { describe, expect, it } from 'vitest';
import { createRunWorld, toAnswer } from '../../tests/support/run-world.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { callsOf } from '../run/reduce-calls.ts';
import type { RunState } from '../run/state.ts';
import { walkAttempts } from '../run/walk-attempts.ts';
import { compareSegments } from './compare-segments.ts';
import { type Segment, toSegments } from './segments.ts';

/** A source, then an agent that looks once, answers wrongly, and is asked again. */
async function record(system = 'Be kind to {{ source.text }}.'): Promise<RunState> {
  const world = createRunWorld({
    tools: { look: { run: () => 'seen' } },
    model: (request) => {
      if (request.messages[0]?.text === 'Say it') return toAnswer('moss');
      const last = request.messages.at(-1);
      if (last?.role === 'user' && request.messages.length === 2) {
        return toAnswer('Looking', [{ id: 'c1', name: 'look', arguments: { at: 1 } }]);
      }
      return toAnswer(last?.role === 'tool' ? 'no json' : '{"a":1}');
    },
  });
  const document = toDocument(
    {
      source: { kind: 'prompt', config: { model: 'test/m', prompt: 'Say it' } },
      agent: {
        kind: 'agent',
        config: {
          model: 'test/m',
          system,
          prompt: 'Write of {{ inputs.in }} twice: {{ inputs.in }}',
          tools: [{ name: 'look' }],
          outputSchema: { type: 'object' },
        },
      },
    },
    ['source.text->agent.in'],
  );
  return world.settled(await world.start(document));
}

function segmentsOf(state: RunState, nth: number): readonly Segment[] {
  for (const { address, attempt } of walkAttempts(state)) {
    if (address !== 'agent') continue;
    const calls = callsOf(attempt).filter((call) => call.type === 'model');
    return toSegments(state, address, attempt, calls[nth] as (typeof calls)[number]);
  }
  throw new Error('no agent');
}

const toLine = ({ kind, origin, text, isRepeated }: Segment) => {
  const from = {
    field: () => 'field' in origin && origin.field,
    value: () => origin.type === 'value' && `${origin.expression} of ${origin.nodes.join()} (${origin.frame})`,
    modelCall: () => 'frame' in origin && origin.frame,
    toolCall: () => 'frame' in origin && origin.frame,
    unknown: () => '?',
  }[origin.type]();
  return `${kind} | ${from} | ${kind === 'tool' ? 'look' : text}${isRepeated ? ' | again' : ''}`;
};

describe('the segments of a model call', () => {
  it('name what put each piece there: a field, a value from another node, an earlier answer, a tool', async () => {
    const state = await record();
    const beginning = [
      'system | system | Be kind to ',
      'system | source.text of source (source#1) | moss',
      'system | system | .',
      'task | prompt | Write of ',
      'task | inputs.in of source (source#1) | moss',
      'task | prompt |  twice: ',
      'task | inputs.in of source (source#1) | moss',
    ];
    expect(segmentsOf(state, 0).map(toLine)).toEqual(['tool | tools | look', 'schema | outputSchema | {"type":"object"}', ...beginning]);
    expect(segmentsOf(state, 2).map(toLine)).toEqual([
      'tool | tools | look | again',
      'schema | outputSchema | {"type":"object"} | again',
      ...beginning.map((line) => `${line} | again`),
      'answer | agent#1/t1/m1 | Looking | again',
      'asked | agent#1/t1/m1 | {"id":"c1","name":"look","arguments":{"at":1},"rawArguments":"{\\"at\\":1}"} | again',
      'toolResult | agent#1/t1/c1 | seen | again',
      'answer | agent#1/t2/m1 | no json',
      expect.stringMatching(/^repair \| agent#1\/t2\/m1 \| The answer is not JSON/),
    ]);
  });

  it('count tokens by our own estimate, each for itself', async () => {
    const segments = segmentsOf(await record(), 2);
    expect(segments.find(({ kind }) => kind === 'schema')?.estimatedTokens).toBe(5);
    // `look` and `{"at":1}`: the arguments are sent once, though they are recorded as text and as a value.
    expect(segments.find(({ kind }) => kind === 'asked')?.estimatedTokens).toBe(3);
  });
});

describe('two model calls laid beside each other', () => {
  it('show what the later one was sent besides', async () => {
    const state = await record();
    const compared = compareSegments(segmentsOf(state, 0), segmentsOf(state, 1));
    expect(compared.filter(({ type }) => type !== 'same').map(({ type, after }) => [type, after?.kind])).toEqual([
      ['added', 'answer'],
      ['added', 'asked'],
      ['added', 'toolResult'],
    ]);
  });

  it('of two runs show which words of which field changed', async () => {
    const [one, other] = [segmentsOf(await record(), 0), segmentsOf(await record('Be stern to {{ source.text }}.'), 0)];
    const changes = compareSegments(one, other).filter(({ type }) => type !== 'same');
    expect(changes).toEqual([
      expect.objectContaining({
        type: 'changed',
        diff: [
          { type: 'same', text: 'Be ' },
          { type: 'removed', text: 'kind ' },
          { type: 'added', text: 'stern ' },
          { type: 'same', text: 'to ' },
        ],
      }),
    ]);
  });

  it('know what was taken out, and what only stands elsewhere', async () => {
    const [first, second, third, fourth] = segmentsOf(await record(), 0) as unknown as [Segment, Segment, Segment, Segment];
    const types = (a: readonly Segment[], b: readonly Segment[]) =>
      compareSegments(a, b).map(({ type, before, after }) => [type, (after ?? before)?.text.slice(0, 6)]);
    expect(types([first, second, third], [first, third])).toEqual([
      ['same', first.text.slice(0, 6)],
      ['removed', second.text.slice(0, 6)],
      ['same', third.text.slice(0, 6)],
    ]);
    expect(types([first, second, third, fourth], [second, third, fourth, first]).map(([type]) => type)).toEqual([
      'same',
      'same',
      'same',
      'moved',
    ]);
  });
});
