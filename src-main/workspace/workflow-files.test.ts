import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkflowFile } from '#shared/contract/workflows.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { systemClock } from '../host/system-clock.ts';
import { createWorkflowFiles, mostWorkflowBytes, type WorkflowFiles } from './workflow-files.ts';

let root: string;
let files: WorkflowFiles;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-files-')));
  files = createWorkflowFiles(root, systemClock);
});
afterEach(() => {
  files.close();
  rmSync(root, { recursive: true, force: true });
});

const toDocument = (name: string): WorkflowDocument => ({ schemaVersion: 1, name, nodes: [], edges: [] });

describe('a workflow file', () => {
  test('is created, opened, saved and opened again', async () => {
    const created = await files.create(toDocument('First light'));
    expect(created.path).toBe('First light.heddle.json');
    expect(await files.open(created.path)).toEqual(created);
    const { revision } = await files.save(created.path, created.revision, toDocument('Second'));
    expect(revision).not.toBe(created.revision);
    expect(await files.open(created.path)).toEqual({ path: created.path, revision, document: toDocument('Second') });
    expect(readdirSync(root)).toEqual(['First light.heddle.json']);
  });

  test('takes a free name and never replaces another', async () => {
    const paths = [
      (await files.create(toDocument('A'))).path,
      (await files.create(toDocument('A'))).path,
      (await files.create(toDocument('A'))).path,
    ];
    expect(paths).toEqual(['A.heddle.json', 'A 2.heddle.json', 'A 3.heddle.json']);
    const both = await Promise.all([files.create(toDocument('B')), files.create(toDocument('B'))]);
    expect(new Set(both.map(({ path }) => path)).size).toBe(2);
  });

  test.each([
    ['../../etc/passwd', 'etc passwd'],
    ['...', 'Workflow'],
    ['a\u0000b\nc', 'a b c'],
    ['con: "x" <y>', 'con x y'],
    ['x'.repeat(300), 'x'.repeat(80)],
    ['织布', '织布'],
  ])('named %j becomes a file name that every system takes', async (name, expected) => {
    expect((await files.create({ ...toDocument('x'), name: name.slice(0, 200) })).path).toBe(`${expected}.heddle.json`);
  });

  test('changed by another program is not overwritten, and the refusal carries what is there now', async () => {
    const { path, revision } = await files.create(toDocument('Mine'));
    const theirs = formatWorkflowFile(toDocument('Theirs'));
    writeFileSync(join(root, path), theirs);
    const { revision: current } = await files.open(path);
    await expect(files.save(path, revision, toDocument('Mine 2'))).rejects.toMatchObject({
      code: 'workflow.changedOutside',
      details: { currentRevision: current },
    });
    expect(readFileSync(join(root, path), 'utf8')).toBe(theirs);
    await files.save(path, current, toDocument('Mine 2'));
  });

  test('saved twice at once from the same revision is saved once', async () => {
    const { path, revision } = await files.create(toDocument('Race'));
    const results = await Promise.allSettled([
      files.save(path, revision, toDocument('one')),
      files.save(path, revision, toDocument('two')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await files.open(path)).document.name).toBe('one');
  });

  test('is renamed, into new folders too, but never over another', async () => {
    const { path } = await files.create(toDocument('A'));
    await files.create(toDocument('B'));
    await expect(files.rename(path, 'B.heddle.json')).rejects.toMatchObject({ code: 'workflow.exists' });
    expect(await files.rename(path, 'deep/er/C.heddle.json')).toEqual({ path: 'deep/er/C.heddle.json' });
    expect((await files.list()).map((file) => file.path)).toEqual(['B.heddle.json', 'deep/er/C.heddle.json']);
    await expect(files.rename('A.heddle.json', 'D.heddle.json')).rejects.toMatchObject({ code: 'workflow.notFound' });
    await expect(files.rename('B.heddle.json', 'B.json')).rejects.toMatchObject({ code: 'workflow.pathRefused' });
  });

  test('is removed to the trash, where each removal is kept', async () => {
    for (const name of ['one', 'two']) {
      const { path } = await files.create({ ...toDocument('Gone'), description: name });
      await files.remove(path);
    }
    expect(await files.list()).toEqual([]);
    const trash = readdirSync(join(root, '.heddle', 'trash'));
    expect(trash).toHaveLength(2);
    expect(trash.map((name) => JSON.parse(readFileSync(join(root, '.heddle', 'trash', name), 'utf8')).description).sort()).toEqual([
      'one',
      'two',
    ]);
    await expect(files.remove('Gone.heddle.json')).rejects.toMatchObject({ code: 'workflow.notFound' });
  });

  test.each([
    ['workflow.malformed', '{"heddle": 1, '],
    ['workflow.malformed', '[]'],
    ['workflow.unknownVersion', '{"heddle": 99, "name": "x", "nodes": [], "edges": []}'],
    ['workflow.malformed', '['.repeat(200_000)],
    ['workflow.tooLarge', ' '.repeat(mostWorkflowBytes + 1)],
  ])('that cannot be used is refused with %s and its name, and stays in the list with the reason', async (code, text) => {
    writeFileSync(join(root, 'bad.heddle.json'), text);
    await expect(files.open('bad.heddle.json')).rejects.toMatchObject({ code, message: expect.stringContaining('bad.heddle.json') });
    const [listed] = await files.list();
    expect(listed).toMatchObject({ path: 'bad.heddle.json', name: 'bad', problem: expect.any(String) });
    expect(readFileSync(join(root, 'bad.heddle.json'), 'utf8')).toBe(text);
  });
});

test('hidden folders, node_modules, links and other files are not listed', async () => {
  const text = formatWorkflowFile(toDocument('W'));
  for (const folder of ['.git', 'node_modules', 'flows', 'flows/node_modules']) mkdirSync(join(root, folder));
  for (const path of [
    'a.heddle.json',
    '.git/b.heddle.json',
    'node_modules/c.heddle.json',
    'flows/d.heddle.json',
    'flows/node_modules/e.heddle.json',
    'f.json',
  ])
    writeFileSync(join(root, path), text);
  expect((await files.list()).map(({ path }) => path)).toEqual(['a.heddle.json', 'flows/d.heddle.json']);
});

test('a workspace that vanished is named', async () => {
  renameSync(root, `${root}-moved`);
  await expect(files.list()).rejects.toMatchObject({ code: 'workspace.missing' });
  rmSync(`${root}-moved`, { recursive: true });
});

test('listeners hear of changes from inside and outside, in new folders too', async () => {
  const seen: (readonly WorkflowFile[])[] = [];
  let wake: () => void = () => undefined;
  const until = async (isThere: (list: readonly WorkflowFile[]) => boolean): Promise<void> => {
    while (!seen.some(isThere)) await new Promise<void>((resolve) => (wake = resolve));
  };
  const stop = files.onChange((list) => {
    seen.push(list);
    wake();
  });
  await files.create(toDocument('Inside'));
  await until((list) => list.some(({ name }) => name === 'Inside'));
  mkdirSync(join(root, 'late'));
  writeFileSync(join(root, 'late', 'outside.heddle.json'), formatWorkflowFile(toDocument('Outside')));
  await until((list) => list.some(({ path }) => path === 'late/outside.heddle.json'));
  writeFileSync(join(root, 'late', 'outside.heddle.json'), formatWorkflowFile(toDocument('Edited outside')));
  await until((list) => list.some(({ name }) => name === 'Edited outside'));
  rmSync(join(root, 'late'), { recursive: true });
  await until((list) => list.length === 1 && list[0]?.name === 'Inside');
  stop();
  expect(existsSync(join(root, 'Inside.heddle.json'))).toBe(true);
});
