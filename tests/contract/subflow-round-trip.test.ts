import { describe, expect, test } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { nodeKinds } from '#shared/nodes/registry.ts';
import { toEdgeId, type WorkflowDocument, type WorkflowNode } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { applyEdit, invertEdit } from '#shared/workflow/edits.ts';
import { extractSubflow } from '#shared/workflow/extract-subflow.ts';
import { buildGraph, listAncestors } from '#shared/workflow/graph.ts';
import { inlineSubflow } from '#shared/workflow/inline-subflow.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import { validateWorkflow } from '#shared/workflow/validation.ts';
import { createRunWorld, toAnswer } from '../support/run-world.ts';
import { toDocument } from '../support/workflow-builder.ts';

const path = 'Steps.heddle.json';
const inputs = { topic: 'looms', depth: 3 };

/** What a run gives, with a model that says back what it was asked. */
async function run(document: WorkflowDocument, steps?: WorkflowDocument): Promise<JsonObject> {
  const world = createRunWorld({
    model: ({ messages }) => toAnswer(`<${messages.map((message) => ('text' in message ? message.text : '')).join('|')}>`),
  });
  const asked = Object.fromEntries(listInputFields(document).map(({ name }) => [name, inputs[name as keyof typeof inputs]]));
  const runId = await world.start(document, {
    inputs: asked,
    modelOverride: 'scripted/echo',
    ...(steps === undefined ? {} : { subworkflows: { [path]: steps } }),
  });
  const state = await world.settled(runId);
  return { status: state.status, outputs: state.status === 'succeeded' ? state.outputs : null };
}

function listErrors(document: WorkflowDocument): readonly string[] {
  return validateWorkflow(document, { tools: null, providers: null, workflows: [path] }).flatMap(({ severity, message }) =>
    severity === 'error' ? [message] : [],
  );
}

function extract(document: WorkflowDocument, ids: readonly string[]) {
  const extraction = extractSubflow(document, new Set(ids), 'Steps');
  const edit = extraction.toEdit(path);
  const after = applyEdit(document, edit);
  expect(formatWorkflowFile(applyEdit(after, invertEdit(document, edit)))).toBe(formatWorkflowFile(document));
  return { steps: extraction.workflow, after, node: extraction.node };
}

function inline(document: WorkflowDocument, node: string, steps: WorkflowDocument): WorkflowDocument {
  const { edit } = inlineSubflow(document, node, steps);
  const after = applyEdit(document, edit);
  expect(formatWorkflowFile(applyEdit(after, invertEdit(document, edit)))).toBe(formatWorkflowFile(document));
  return after;
}

const essay = toDocument(
  {
    brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
    research: { kind: 'prompt', config: { prompt: 'Look up {{ brief.topic }}' } },
    write: { kind: 'prompt', config: { prompt: 'Write of {{ brief.topic }} with {{ research.text }}' } },
    review: { kind: 'prompt', config: { prompt: 'Review {{ write.text }}, which used {{ research.text }}' } },
    result: { kind: 'output', config: { name: 'essay' } },
  },
  ['brief.topic->research.in', 'research.text->write.in', 'write.text->review.in', 'review.text->result.value'],
);

describe('a selection that becomes a subflow', () => {
  test('takes what it needs as inputs, gives what others need, and what spoke of it follows', () => {
    const { steps, after, node } = extract(essay, ['research', 'write']);
    expect(steps.nodes.map(({ id, kind }) => `${id}:${kind}`)).toEqual([
      'brief:input',
      'research:prompt',
      'write:prompt',
      'write_out:output',
      'research_out:output',
    ]);
    expect(steps.nodes[0]?.config).toEqual({ fields: [{ name: 'topic', type: 'string', required: true }] });
    expect(after.nodes.map(({ id }) => id)).toEqual(['brief', 'review', 'result', node]);
    expect(after.nodes[3]?.config).toEqual({ workflow: path, inputs: { topic: '{{ brief.topic }}' } });
    expect(after.nodes[1]?.config.prompt).toBe('Review {{ steps.outputs.write }}, which used {{ steps.outputs.research }}');
    expect([listErrors(after), listErrors(steps)]).toEqual([[], []]);
  });

  test('and is put back is the workflow of before, apart from places and orders', () => {
    const { steps, after, node } = extract(essay, ['research', 'write']);
    const back = inline(after, node, steps);
    const plain = ({ position: _place, ...rest }: WorkflowNode) => rest;
    expect(back.nodes.map(plain).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
      essay.nodes.map(plain).toSorted((a, b) => a.id.localeCompare(b.id)),
    );
    expect(back.edges.map((edge) => JSON.stringify(edge)).toSorted()).toEqual(essay.edges.map((edge) => JSON.stringify(edge)).toSorted());
  });

  test('runs as before, also where the value of an edge has to be taken out for a result', async () => {
    const { steps, after, node } = extract(essay, ['write', 'review']);
    expect(after.nodes.map(({ id, kind }) => `${id}:${kind}`)).toEqual([
      'brief:input',
      'research:prompt',
      'result:output',
      'steps:subflow',
      'review:transform',
    ]);
    const before = await run(essay);
    expect(before.status).toBe('succeeded');
    expect(await run(after, steps)).toEqual(before);
    expect(await run(inline(after, node, steps))).toEqual(before);
  });

  test.each<[string, WorkflowDocument, readonly string[]]>([
    ['“brief” is where the inputs of a run come in', essay, ['brief', 'research']],
    ['“result” is a result of the run', essay, ['review', 'result']],
    ['“write” lies between selected nodes. Select it too.', essay, ['research', 'review']],
    [
      'speaks of “research” as a whole',
      {
        ...essay,
        nodes: essay.nodes.map((node) => (node.id === 'review' ? { ...node, config: { ...node.config, prompt: '{{ research }}' } } : node)),
      },
      ['research', 'write'],
    ],
    [
      '“write” is undone by “undo”. Select both or neither.',
      {
        ...essay,
        nodes: [
          ...essay.nodes.map((node) => (node.id === 'write' ? { ...node, compensation: 'undo' } : node)),
          { id: 'undo', kind: 'prompt', name: 'undo', position: { x: 0, y: 0 }, config: nodeKinds.prompt.defaultConfig },
        ],
      },
      ['write'],
    ],
  ])('is refused with a reason: %s', (reason, document, ids) => {
    expect(() => extractSubflow(document, new Set(ids), 'Steps')).toThrow(reason);
  });

  test('is refused where a branch decides about a part of it only', () => {
    const branching = toDocument(
      {
        brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
        check: { kind: 'branch', config: { cases: [{ name: 'long', when: 'size(brief.topic) > 3' }] } },
        a: { kind: 'prompt', config: { prompt: 'long' } },
        b: { kind: 'prompt', config: { prompt: 'short' } },
        all: { kind: 'merge', config: { mode: 'list' } },
        result: { kind: 'output', config: { name: 'text' } },
      },
      ['brief.topic->check.in', 'check.long->a.in', 'check.else->b.in', 'a.text->all.in', 'b.text->all.in', 'all.value->result.value'],
    );
    expect(() => extractSubflow(branching, new Set(['a', 'b']), 'Steps')).toThrow(
      'Whether something comes from “check” is decided in the run',
    );
    expect(() => extractSubflow(branching, new Set(['check']), 'Steps')).toThrow(
      'Whether “check” gives “long” is decided inside the selection',
    );
    expect(extract(branching, ['a']).after.nodes.map(({ id }) => id)).toEqual(['brief', 'check', 'b', 'all', 'result', 'steps', 'a']);
    expect(extract(branching, ['check', 'a', 'b', 'all']).after.nodes.map(({ id }) => id)).toEqual(['brief', 'result', 'steps', 'all']);
  });
});

describe('a subflow that is put in its place', () => {
  const steps = toDocument(
    {
      given: {
        kind: 'input',
        config: {
          fields: [
            { name: 'text', type: 'any' },
            { name: 'tone', type: 'string', default: 'dry' },
          ],
        },
      },
      write: { kind: 'prompt', config: { prompt: '{{ given.tone }}: {{ given.text }}' } },
      out: { kind: 'output', config: { name: 'text' } },
    },
    ['given.text->write.in', 'write.text->out.value'],
  );
  const around = (given: JsonObject, more: Partial<WorkflowNode> = {}) => {
    const document = toDocument(
      {
        brief: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true }] } },
        write: { kind: 'subflow', config: { workflow: path, inputs: given } },
        result: { kind: 'output', config: { name: 'all' } },
      },
      ['brief.topic->write.in', 'write.outputs->result.value'],
    );
    return { ...document, nodes: document.nodes.map((node) => (node.id === 'write' ? { ...node, ...more } : node)) };
  };

  test('computes its inputs in transforms, and gives its results as a record where they are taken whole', async () => {
    const document = around({ text: '{{ brief.topic + "!" }}' });
    const after = inline(document, 'write', steps);
    expect(listErrors(after)).toEqual([]);
    const before = await run(document, steps);
    expect(before).toEqual({ status: 'succeeded', outputs: { all: { text: '<dry: looms!>' } } });
    expect(await run(after)).toEqual(before);
  });

  test.each<[string, WorkflowDocument, WorkflowDocument]>([
    ['“write” has settings for when it fails', around({}, { policy: { maxAttempts: 2 } }), steps],
    ['“write” is disabled', around({}, { disabled: true }), steps],
    ['mixes words and expressions in its input “text”', around({ text: 'On {{ brief.topic }}' }), steps],
    [
      'has hooks of its own',
      around({}),
      { ...steps, hooks: [{ id: 'h', point: 'afterRun', action: { type: 'expression', expression: 'null' } }] },
    ],
  ])('is refused with a reason: %s', (reason, document, inner) => {
    expect(() => inlineSubflow(document, 'write', inner)).toThrow(reason);
  });
});

describe('workflows and selections of chance', () => {
  test('give the same as subflows and put back again', async () => {
    const tally = { extracted: 0, inlined: 0, refused: new Map<string, number>() };
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = createRandom(seed);
      const document = generate(random);
      expect(listErrors(document), `seed ${seed}`).toEqual([]);
      const ids = document.nodes.flatMap(({ id, kind }) => (kind !== 'input' && kind !== 'output' && random(3) > 0 ? [id] : []));
      const selection = random(2) === 0 ? ids : toClosed(document, ids.slice(0, 2));
      let extracted: ReturnType<typeof extract>;
      try {
        extracted = extract(document, selection);
      } catch (error) {
        if (!(error instanceof HeddleError)) throw error;
        const sort = error.message.replace(/“[^”]*”/g, '…');
        tally.refused.set(sort, (tally.refused.get(sort) ?? 0) + 1);
        continue;
      }
      tally.extracted += 1;
      const { steps, after, node } = extracted;
      const about = `seed ${seed}: ${selection.join()}; ${document.edges.map(toEdgeId).join(' ')}`;
      expect([listErrors(after), listErrors(steps)], about).toEqual([[], []]);
      const before = await run(document);
      expect(await run(after, steps), about).toEqual(before);
      try {
        const back = inline(after, node, steps);
        expect(listErrors(back), about).toEqual([]);
        expect(await run(back), about).toEqual(before);
        tally.inlined += 1;
      } catch (error) {
        if (!(error instanceof HeddleError)) throw error;
        throw new Error(`${about}\n${error.message}`);
      }
    }
    expect(tally.extracted, JSON.stringify([...tally.refused])).toBeGreaterThan(100);
    expect(tally.inlined).toBe(tally.extracted);
    expect(tally.refused.size, 'refusals of several sorts were met').toBeGreaterThan(3);
  });
});

type Random = (below: number) => number;

function createRandom(seed: number): Random {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 4) % below;
  };
}

/** The nodes and everything between them. */
function toClosed(document: WorkflowDocument, ids: readonly string[]): readonly string[] {
  const graph = buildGraph(document);
  const between = document.nodes.filter(
    ({ id }) =>
      !ids.includes(id) && ids.some((end) => listAncestors(graph, end).has(id)) && ids.some((start) => listAncestors(graph, id).has(start)),
  );
  return [...ids, ...between.map(({ id }) => id)];
}

/** A valid graph: prompts, transforms, merges and branches, each fed by one to three earlier outputs, of which its expressions speak. */
function generate(random: Random): WorkflowDocument {
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const fields = [
    { name: 'topic', type: 'string', required: true },
    { name: 'depth', type: 'number', required: true },
  ];
  const nodes: Record<string, Parameters<typeof toDocument>[0][string]> = { brief: { kind: 'input', config: { fields } } };
  const edges: string[] = [];
  const ports: { id: string; port: string; upstream: ReadonlySet<string> }[] = fields.map(({ name }) => ({
    id: 'brief',
    port: name,
    upstream: new Set(),
  }));
  const certain = new Set(['brief']);
  for (let index = 1; index <= 3 + random(7); index += 1) {
    const id = `n${index}`;
    const count = 1 + random(3);
    const fed = [...new Map(Array.from({ length: count }, () => pick(ports)).map((port) => [`${port.id}.${port.port}`, port])).values()];
    const kind = pick(['prompt', 'prompt', 'transform', 'transform', 'merge', 'branch'] as const);
    const used = kind === 'branch' ? fed.slice(0, 1) : fed;
    // Of what may not have run, expressions cannot speak, nor of what only such a node would have waited for.
    const upstream = new Set(used.filter(({ id: source }) => certain.has(source)).flatMap((port) => [port.id, ...port.upstream]));
    const known = ports.filter((port) => upstream.has(port.id) && certain.has(port.id));
    const safe = () => {
      const port = known.length === 0 ? null : pick(known);
      return port === null
        ? '"none"'
        : `json(${pick([`${port.id}.${port.port}`, `${port.id}["${port.port}"]`, random(4) === 0 ? port.id : `${port.id}.${port.port}`])})`;
    };
    const takes = random(2) === 0 ? `json(inputs.in) + ${safe()}` : safe();
    const config: JsonObject =
      kind === 'prompt'
        ? { prompt: `Say {{ ${takes} }} and {{ ${safe()} }}` }
        : kind === 'transform'
          ? { expression: takes }
          : kind === 'merge'
            ? { mode: pick(['list', 'record']) }
            : { cases: [{ name: 'yes', when: `size(${safe()}) > ${random(30)}` }] };
    const policy = random(8) === 0 ? { policy: { onFailure: 'skip' as const } } : {};
    nodes[id] = { kind, config, ...policy, ...(random(16) === 0 ? { disabled: true } : {}) };
    const isCertain =
      !('policy' in nodes[id]) && !('disabled' in nodes[id]) && kind !== 'branch' && used.some((port) => certain.has(port.id));
    if (isCertain) certain.add(id);
    for (const port of used) edges.push(`${port.id}.${port.port}->${id}.in`);
    const outputs = { prompt: ['text'], transform: ['value'], merge: ['value'], branch: ['yes', 'else'] }[kind];
    for (const port of outputs) ports.push({ id, port, upstream });
  }
  const results = Array.from({ length: 1 + random(3) }, () => pick(ports));
  results.forEach(({ id, port }, index) => {
    nodes[`result${index}`] = { kind: 'output', config: { name: `result${index}` } };
    edges.push(`${id}.${port}->result${index}.value`);
  });
  return toDocument(nodes, edges);
}
