import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JsonObject, type JsonValue, toCanonicalJson } from '#shared/base/json.ts';
import { findKind } from '#shared/nodes/registry.ts';
import { codeForms } from '#shared/workflow/code/code-form.ts';
import { buildContent } from '#shared/workflow/code/dsl-build.ts';
import { readCode } from '#shared/workflow/code/read-code.ts';
import { writeCode } from '#shared/workflow/code/write-code.ts';
import { listCalls } from '#shared/workflow/code/write-dsl.ts';
import { type Comment, toEdgeId, type WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { createDice, type Dice } from '../simulation/dice.ts';
import { generateWorkflow } from '../simulation/workflow-generator.ts';

const templatesFolder = join(import.meta.dirname, '../../resources/templates');
const templates = readdirSync(templatesFolder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.heddle.json'))
  .map((path) => ({ path, document: parseWorkflowFile(readFileSync(join(templatesFolder, path), 'utf8')) }));

const seeds = Array.from({ length: 120 }, (_, index) => index + 1);

/** What generated workflows do not have by themselves, in every odd combination. */
function withOddities(document: WorkflowDocument, dice: Dice): WorkflowDocument {
  const odd = dice.pick([
    'plain',
    'it\'s "quoted"',
    'two\nlines `and` ' + '$' + '{more} \\ ',
    '  # no comment',
    '- list: x',
    'no',
    '1e3',
    '\ttab\r\nend\n',
    '“ü”\u2028\u0001',
    '',
    'a // b /* c */',
    '? x',
  ]);
  const ids = document.nodes.map(({ id }) => id);
  const nodes = document.nodes.map((node) => ({
    ...node,
    position: { x: dice.int(-900, 900), y: dice.int(-900, 900) },
    ...(dice.holds(0.2) ? { name: dice.pick([odd.slice(0, 200), '', 'N']) } : {}),
    ...(dice.holds(0.1) ? { kind: 'loom' } : {}),
    ...(dice.holds(0.3) ? { config: { ...node.config, [odd]: odd, extra: { deep: [1, -2.5, null, { a: odd }], 'a b': true } } } : {}),
    ...(dice.holds(0.1) ? { config: { deps: ['x'], agent: 'y', ...node.config } } : {}),
    ...(dice.holds(0.1) ? { labels: ['a', odd], lane: 'slow' } : {}),
    ...(dice.holds(0.2) ? { metadata: { [odd]: 1, role: dice.pick(['writer', 'nobody']) } } : {}),
  }));
  const edges = document.edges.map((edge) => (dice.holds(0.2) ? { ...edge, label: odd.slice(0, 200) } : edge));
  if (dice.holds(0.3)) edges.sort(() => dice.int(-1, 1));
  if (dice.holds(0.2)) edges.push({ from: { node: 'ghost', port: 'a.b' }, to: { node: dice.pick(ids), port: 'in' } });
  if (dice.holds(0.1)) edges.push({ from: { node: dice.pick(ids), port: 'out' }, to: { node: 'ghost', port: 'in' } });
  return {
    ...document,
    ...(dice.holds(0.3) ? { description: odd } : {}),
    ...(dice.holds(0.3) ? { labels: [odd] } : {}),
    ...(dice.holds(0.3) ? { metadata: { note: odd, roles: { writer: { model: 'a/b', system: odd } } } } : {}),
    ...(dice.holds(0.3)
      ? { hooks: [{ id: 'guard', point: 'afterNode' as const, nodes: ids.slice(0, 2), action: { type: 'code' as const, source: odd } }] }
      : {}),
    ...(dice.holds(0.3) ? { groups: [{ id: 'g', title: odd.slice(0, 200), nodes: ids.slice(0, 2) }] } : {}),
    nodes,
    edges,
  };
}

function generate(seed: number): WorkflowDocument {
  const dice = createDice(seed, 'code');
  const { document } = generateWorkflow(seed, 'code', { mostNodes: 9, mayRace: true, moods: ['well'] });
  return parseWorkflowFile(formatWorkflowFile(withOddities(document, dice)));
}

function withoutLayout(document: WorkflowDocument): string {
  const edges = document.edges.toSorted((left, right) => (toEdgeId(left) < toEdgeId(right) ? -1 : 1));
  const nodes = document.nodes.map((node) => {
    // TypeScript fills in what leaving out means.
    const parsed = findKind(node.kind)?.configSchema.safeParse(node.config);
    const config = JSON.parse(toCanonicalJson({ ...node.config, ...(parsed?.success === true ? parsed.data : {}) })) as JsonObject;
    return { ...node, config, position: { x: 0, y: 0 } };
  });
  return formatWorkflowFile({ ...document, edges, nodes });
}

describe.each(codeForms)('a workflow written as %s', (form) => {
  it.each(templates)('is the template $path again, byte for byte', ({ document }) => {
    const exact = readCode(writeCode(document, form, { withLayout: true }), form);
    expect(exact.problems).toEqual([]);
    expect(formatWorkflowFile(exact.document as WorkflowDocument)).toBe(formatWorkflowFile(document));
    const kept = readCode(writeCode(document, form), form, document);
    expect(formatWorkflowFile(kept.document as WorkflowDocument)).toBe(formatWorkflowFile(document));
  });

  it('is every workflow of chance again, byte for byte: with its layout, without it, and with the layout of the one before', () => {
    for (const seed of seeds) {
      const document = generate(seed);
      const text = writeCode(document, form, { withLayout: true });
      const exact = readCode(text, form);
      expect(exact.problems, `seed ${seed}\n${text}`).toEqual([]);
      expect(formatWorkflowFile(exact.document as WorkflowDocument), `seed ${seed}\n${text}`).toBe(formatWorkflowFile(document));
      const short = writeCode(document, form);
      expect(withoutLayout(readCode(short, form).document as WorkflowDocument), `seed ${seed}\n${short}`).toBe(withoutLayout(document));
      expect(formatWorkflowFile(readCode(short, form, document).document as WorkflowDocument)).toBe(formatWorkflowFile(document));
    }
  });

  it('says the same about itself each time', () => {
    for (const seed of seeds.slice(0, 30)) {
      const text = writeCode(generate(seed), form);
      expect(writeCode(readCode(text, form).document as WorkflowDocument, form)).toBe(text);
    }
  });

  it('keeps every comment, wherever it stands, and in the other forms as well', () => {
    for (const seed of seeds.slice(0, 60)) {
      const dice = createDice(seed, 'comments');
      const document = generate(seed);
      const places = [
        [],
        ['name'],
        ['nodes'],
        ['nodes', dice.pick(document.nodes).id],
        ['nodes', dice.pick(document.nodes).id, 'config'],
        ['nodes', dice.pick(document.nodes).id, 'config', 'extra', 'deep', 3, 'a'],
        ['edges', ...document.edges.slice(0, 1).map(toEdgeId)],
        ['hooks', 'guard', 'action', 'source'],
      ];
      const comments = places.map((at, index): Comment => {
        const text = dice.pick([`words ${index}`, `words ${index}`, `words ${index}\n  and more`]);
        return dice.holds(0.5) ? { at, side: 'beside', text } : { at, text };
      });
      const written = comments.flatMap(({ at, text }) =>
        at[0] === 'hooks' && document.hooks?.some(({ id }) => id === 'guard') !== true ? [] : (text.match(/\w+ \d/g) ?? []),
      );
      const text = writeCode({ ...document, comments: [...comments, { at: [], side: 'end', text: 'the end' }] }, form);
      let now = readCode(text, form, document).document;
      for (const other of [...codeForms, form]) {
        expect(now, `seed ${seed} as ${other}`).not.toBeNull();
        const all = JSON.stringify(now?.comments);
        expect(
          written.filter((words) => !all.includes(words)),
          `seed ${seed} as ${other}\n${text}`,
        ).toEqual([]);
        expect(all).toContain('the end');
        expect(formatWorkflowFile({ ...(now as WorkflowDocument), comments: undefined } as never)).toBe(formatWorkflowFile(document));
        now = readCode(writeCode(now as WorkflowDocument, other), other, now).document;
      }
    }
  });
});

describe('the calls of the DSL', () => {
  it('build the content that they were made of', () => {
    for (const seed of seeds) {
      const document = generate(seed);
      const { content, problems } = buildContent(listCalls(document, { withLayout: true }));
      expect(problems).toEqual([]);
      const edges = (content.edges as readonly JsonValue[]).length;
      expect(edges).toBe(document.edges.length);
    }
  });
});
