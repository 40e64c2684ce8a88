import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '#main/host/system-clock.ts';
import { toLineAndColumn } from '#shared/workflow/code/code-problem.ts';
import { readCode } from '#shared/workflow/code/read-code.ts';
import { writeCode } from '#shared/workflow/code/write-code.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { generateWorkflow } from '../../tests/simulation/workflow-generator.ts';
import { createSandboxPool } from '../sandbox/pool.ts';
import { createWorkflowCode } from './create-workflow-code.ts';

const sandbox = createSandboxPool(
  { size: 1, childFile: join(import.meta.dirname, '../sandbox/child.ts'), nodeBinary: process.execPath },
  systemClock,
);
afterAll(() => sandbox.close());
const code = createWorkflowCode(sandbox);
const never = new AbortController().signal;
const read = (text: string) => code.read(text, 'ts', null, never);

/** The problems with their places, as an editor shows them. */
async function problemsOf(text: string): Promise<readonly string[]> {
  const { problems, document } = await read(text);
  expect(document).toBeNull();
  return problems.map(({ message, start }) => {
    const { line, column } = toLineAndColumn(text, start);
    return `${line}:${column} ${message}`;
  });
}

describe('TypeScript that computes', () => {
  it('builds the workflow that it describes, with types, constants, functions and loops', async () => {
    const text = `import { workflow as flow, type Builder } from 'heddle';
// Who works on it.
const models: Record<string, string> = { quick: 'scripted/a' };
const steps = ['plan', 'write', 'check'] as const;

const brief = flow('Brief').input('start', { fields: [{ name: 'topic', type: 'string' }] });
brief.agent('worker', { model: models.quick });
// One after the other.
for (const [index, step] of steps.entries()) brief.task(step, { deps: [index === 0 ? 'start.topic' : steps[index - 1]!] });

export default brief;
`;
    const { document, problems, entries } = await read(text);
    expect(problems).toEqual([]);
    expect(document?.nodes.map(({ id, kind, config }) => [id, kind, config.model ?? null])).toEqual([
      ['start', 'input', null],
      ['plan', 'agent', 'scripted/a'],
      ['write', 'agent', 'scripted/a'],
      ['check', 'agent', 'scripted/a'],
    ]);
    expect(document?.edges.map(({ from, to }) => `${from.node}.${from.port} ${to.node}.${to.port}`)).toEqual([
      'start.topic plan.in',
      'plan.text write.in',
      'write.text check.in',
    ]);
    expect(document?.comments?.map((comment) => comment.text)).toEqual(['Who works on it.', 'One after the other.']);
    const write = entries.find(({ place }) => place.join() === 'nodes,write');
    expect(toLineAndColumn(text, write?.start ?? 0)).toEqual({ line: 9, column: 51 });
  });

  it('builds the same as reading its plain calls does, for every workflow of chance', async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const { document } = generateWorkflow(seed, 'code', { mostNodes: 8, mayRace: true, moods: ['well'] });
      const text = writeCode(document, 'ts', { withLayout: true });
      const computed = await read(`${text}\nconst more: number = 1;\n`);
      expect(computed.problems, `seed ${seed}`).toEqual([]);
      const plain = readCode(text, 'ts').document;
      expect(computed.document === null ? null : formatWorkflowFile(computed.document)).toBe(
        plain === null ? '' : formatWorkflowFile(plain),
      );
    }
  });

  it('says where it breaks, by line and column of what the author wrote', async () => {
    expect(await problemsOf("workflow('A');\nconst b: = 3;\n")).toEqual([expect.stringMatching(/^2:10 Unexpected token/)]);
    expect(await problemsOf("const a = workflow('A');\nenum B { c }\n")).toEqual([expect.stringMatching(/^2:1 .*enum/)]);
    expect(await problemsOf("const a = workflow('A');\n  missing.thing();\n")).toEqual(['2:3 missing is not defined']);
    expect(await problemsOf('missing();')).toEqual(['1:1 missing is not defined']);
    expect(await problemsOf("const a = workflow('A');\na.task('t', { deps: ['ghost'] })\n  .nothing('x');")).toEqual([
      expect.stringMatching(/^3:3 There is no \.nothing\(\)/),
      '2:2 There is no node “ghost”.',
    ]);
    expect(await problemsOf("import fs from 'node:fs';\nexport default workflow('A');")).toEqual([
      expect.stringMatching(/^1:1 Only import/),
    ]);
    expect(await problemsOf('const a = 1;')).toEqual([expect.stringContaining('builds no workflow')]);
    expect(await problemsOf("const a = [workflow('A'), workflow('B')];")).toEqual([expect.stringContaining('builds 2 workflows')]);
    expect(await problemsOf("const a = workflow('A');\nexport default 3;")).toEqual([
      expect.stringContaining('exported by default is no workflow'),
    ]);
  });

  it('can do nothing but build: it is stopped when it does not end, and has neither files nor network', async () => {
    expect(await problemsOf("const a = workflow('A');\nfor (;;);")).toEqual([expect.stringMatching(/^1:1 The script was stopped/)]);
    expect(await problemsOf("const a = workflow('A').input('x' + 1, 3);")).toEqual(['1:24 Argument 2 of .input() is an object.']);
    const { document } = await read("const a = workflow('A', { description: [typeof process, typeof fetch, typeof require].join() });");
    expect(document?.description).toBe('undefined,undefined,undefined');
  });
});
