import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { systemClock } from '../host/system-clock.ts';
import { createTemplateLibrary, type TemplateShelf } from './template-library.ts';
import { createWorkflowFiles } from './workflow-files.ts';

let folder: string;
let root: string;
let library: TemplateShelf;
beforeEach(() => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-templates-')));
  folder = join(base, 'templates');
  root = join(base, 'workspace');
  mkdirSync(root);
  for (const [id, order] of [
    ['brief', 2],
    ['triage', 1],
  ] as const) {
    mkdirSync(join(folder, id, 'sample', 'deep'), { recursive: true });
    writeFileSync(
      join(folder, id, 'template.json'),
      JSON.stringify({ name: `The ${id}`, description: 'd', tags: ['t'], order, exampleInputs: { folder: id } }),
    );
    writeFileSync(
      join(folder, id, 'workflow.heddle.json'),
      formatWorkflowFile({ schemaVersion: 1, name: `The ${id}`, nodes: [], edges: [] }),
    );
    writeFileSync(join(folder, id, 'sample', 'deep', 'a.md'), 'from the template');
    writeFileSync(join(folder, id, 'model.script.json'), '{"from": "the template"}');
  }
  writeFileSync(
    join(folder, 'brief', 'recorded-run.ndjson'),
    `${JSON.stringify({ stream: 'run/x', seq: 1, type: 'run.started', version: 1, atMs: 0, data: {} })}\n`,
  );
  library = createTemplateLibrary(folder, root, createWorkflowFiles(root, systemClock));
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('the gallery is in its order and says which have a recorded run', async () => {
  expect((await library.list()).map(({ id, hasRecordedRun, nodeCount }) => [id, hasRecordedRun, nodeCount])).toEqual([
    ['triage', false, 0],
    ['brief', true, 0],
  ]);
});

test('a template opens with its recorded run', async () => {
  expect(await library.get('brief')).toMatchObject({ exampleInputs: { folder: 'brief' }, recordedRun: [{ seq: 1, type: 'run.started' }] });
  expect((await library.get('triage')).recordedRun).toBeNull();
});

test.each(['nobody', '../workspace', 'Brief', ''])('%j is no template', async (id) => {
  await expect(library.get(id)).rejects.toMatchObject({ code: 'template.notFound' });
});

test('using a template copies workflow, sample and script', async () => {
  expect(await library.instantiate('brief', undefined)).toMatchObject({
    path: 'The brief.heddle.json',
    exampleInputs: { folder: 'brief' },
    document: { name: 'The brief' },
  });
  expect(read('brief/deep/a.md')).toBe('from the template');
  expect(read('scripts/brief.script.json')).toBe('{"from": "the template"}');
});

test('using it again takes a free name and replaces nothing that was edited', async () => {
  await library.instantiate('brief', 'Mine');
  writeFileSync(join(root, 'brief', 'deep', 'a.md'), 'edited');
  writeFileSync(join(root, 'scripts', 'brief.script.json'), 'edited');
  expect((await library.instantiate('brief', 'Mine')).path).toBe('Mine 2.heddle.json');
  expect([read('brief/deep/a.md'), read('scripts/brief.script.json')]).toEqual(['edited', 'edited']);
});

test('an unchanged copy is used again where that is asked for, whatever lies in between', async () => {
  const reuse = async () => (await library.instantiate('brief', undefined, true)).path;
  expect([await reuse(), await reuse()]).toEqual(['The brief.heddle.json', 'The brief.heddle.json']);
  writeFileSync(join(root, 'The brief.heddle.json'), 'damaged');
  expect([await reuse(), await reuse()]).toEqual(['The brief 2.heddle.json', 'The brief 2.heddle.json']);
});

test('the workflows that a template runs come with it, and what is there stays', async () => {
  mkdirSync(join(folder, 'brief', 'workflows', 'parts'), { recursive: true });
  for (const name of ['one', 'two']) writeFileSync(join(folder, 'brief', 'workflows', 'parts', `${name}.heddle.json`), name);
  mkdirSync(join(root, 'parts'));
  writeFileSync(join(root, 'parts', 'two.heddle.json'), 'mine');
  await library.instantiate('brief', undefined);
  expect([read('parts/one.heddle.json'), read('parts/two.heddle.json')]).toEqual(['one', 'mine']);
});

test('a machine without templates has an empty gallery', async () => {
  rmSync(folder, { recursive: true });
  expect(await library.list()).toEqual([]);
});
