import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';

const flow = `import { workflow } from 'heddle';

// Says things loudly.
const loud = (value: string): string => \`\${value} + "!"\`;

export default workflow('Loud')
  .input('start', { fields: [{ name: 'topic', type: 'string' }] })
  // twice
  .transform('shout', { deps: ['start.topic'], expression: loud(loud('start.topic')), outputType: 'string' })
  .output('out', { deps: ['shout'], name: 'text' });
`;

let place: HeddlePlace;
beforeAll(() => {
  place = createHeddlePlace();
  place.write('flow.ts', flow);
});
afterAll(() => place.close());

/** The command with something on its standard input. */
function pipe(args: readonly string[], input: string) {
  const main = join(import.meta.dirname, '../../src-main/cli/main.ts');
  const env = { PATH: process.env.PATH, HOME: place.home, HEDDLE_HOME: place.home };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { input, cwd: place.workspace, env, encoding: 'utf8' });
  return { exitCode: status, stdout, stderr };
}

describe('heddle run flow.ts', () => {
  test('runs what the code builds, and the journal carries the built workflow', async () => {
    expect(await place.run(['run', 'flow.ts', '--input', 'topic=hi'])).toMatchObject({ exitCode: 0, stdout: 'hi!!\n' });
    const ended = await place.run(['run', 'flow.ts', '--input', 'topic=hi', '--json']);
    expect(ended.exitCode).toBe(0);
    expect(ended.lines()[0]).toMatchObject({
      type: 'run.started',
      data: {
        workflow: {
          name: 'Loud',
          nodes: [{ id: 'start' }, { id: 'shout', config: { expression: 'start.topic + "!" + "!"' } }, { id: 'out' }],
          edges: [{ from: { node: 'start', port: 'topic' } }, { from: { node: 'shout', port: 'value' } }],
        },
      },
    });
  });

  test('runs YAML, and code from standard input', async () => {
    const { stdout: yaml } = await place.run(['code', 'flow.ts', '--as', 'yaml']);
    place.write('flow.yaml', yaml);
    expect(await place.run(['run', 'flow.yaml', '--input', 'topic=hi'])).toMatchObject({ exitCode: 0, stdout: 'hi!!\n' });
    expect(pipe(['run', '-', '--input', 'topic=hi'], flow)).toMatchObject({ exitCode: 0, stdout: 'hi!!\n' });
  });

  test('refuses code that is wrong with the place, exit code 2, and starts nothing', async () => {
    place.write(
      'wrong.ts',
      "import { workflow } from 'heddle';\nexport default workflow('W')\n  .task('write', { deps: ['ghost'], prompt: String(1) });\n",
    );
    const wrong = await place.run(['run', 'wrong.ts']);
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain('wrong.ts:3:3 There is no node “ghost”.');
    place.write('broken.yaml', 'name: Broken\nnodes:\n  - id: a\n    kind: [\n');
    expect((await place.run(['run', 'broken.yaml'])).stderr).toMatch(/broken\.yaml:\d:\d/);
    place.write(
      'cycle.yaml',
      'name: Cycle\nnodes:\n  - {id: a, kind: merge}\n  - {id: b, kind: merge}\nedges:\n  - {from: a.value, to: b.in}\n  - {from: b.value, to: a.in}\n',
    );
    expect(await place.run(['run', 'cycle.yaml'])).toMatchObject({ exitCode: 2 });
    expect((await place.run(['runs', '--json'])).lines().every(({ workflowName }) => workflowName === 'Loud')).toBe(true);
  });

  test('lets code neither read files nor reach the network, and stops it when it does not end', async () => {
    place.write('reads.ts', "import { readFileSync } from 'node:fs';\nexport default workflow(readFileSync('/etc/hostname', 'utf8'));\n");
    expect((await place.run(['run', 'reads.ts'])).stderr).toContain('reads.ts:1:1 Only import { workflow }');
    place.write('asks.ts', "export default workflow(await fetch('http://127.0.0.1:1').then(String));\n");
    expect((await place.run(['run', 'asks.ts'])).stderr).toMatch(/asks\.ts:1:\d+ fetch is not defined/);
    place.write('endless.ts', "const all = workflow('E');\nwhile (true) all.note('n', { text: '' });\n");
    expect((await place.run(['run', 'endless.ts'])).stderr).toMatch(/endless\.ts:\d:\d+ .*(50000 calls|stopped)/);
  });
});

describe('heddle code', () => {
  test('writes one form as another, with comments, and the way back with the layout gives the same file', async () => {
    const template = join(import.meta.dirname, '../../resources/templates/research-write-review/workflow.heddle.json');
    const original = readFileSync(template, 'utf8');
    for (const form of ['yaml', 'ts']) {
      const { stdout } = await place.run(['code', template, '--as', form, '--layout']);
      place.write(`again.${form}`, stdout);
      expect((await place.run(['code', `again.${form}`, '--as', 'json'])).stdout).toBe(original);
    }
    const { stdout: yaml } = await place.run(['code', 'flow.ts', '--as', 'yaml']);
    expect(yaml).toContain('# Says things loudly.');
    expect(yaml).toContain('# twice');
    const json = pipe(['code', '-', '--as', 'json'], yaml).stdout;
    const built = parseWorkflowFile(json);
    expect(new Set(built.nodes.map(({ position }) => `${position.x} ${position.y}`)).size).toBe(3);
    expect(pipe(['code', '-', '--as', 'ts'], json).stdout).toContain('// twice');
  });

  test('prints the types of the TypeScript form', async () => {
    const { stdout } = await place.run(['code', '--types']);
    expect(stdout).toContain("declare module 'heddle'");
    expect(stdout).toContain('task(id: string');
  });

  test('says what it needs', async () => {
    expect(await place.run(['code'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('<file | -> is missing') });
    expect(await place.run(['code', 'flow.ts'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--as is json, yaml, ts') });
    expect(await place.run(['code', 'none.ts', '--as', 'ts'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('none.ts') });
  });
});
