import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkflowFile } from '#shared/contract/workflows.ts';
import { createHeddlePlace, type HeddlePlace, type ServedHost } from '../support/heddle-place.ts';

const nodes = `[
    { "id": "start", "kind": "input", "name": "Start", "position": { "x": 0, "y": 0 }, "config": { "fields": [] } }
  ]`;
const whole = `{ "heddle": 1, "name": "Good", "nodes": ${nodes}, "edges": [] }`;
const megabyte = 1024 * 1024;

/** Files that cannot be opened: what is in them, with which code they are refused, and words that tell what to do. */
const unreadable: Readonly<Record<string, { content: string | Uint8Array; code: string; words: RegExp }>> = {
  'a comma too many': { content: '{\n  "heddle": 1,\n  "name": "X",,\n}', code: 'workflow.malformed', words: /line 3, column 15/ },
  'cut off': { content: whole.slice(0, -20), code: 'workflow.malformed', words: /line \d+, column \d+/ },
  'an empty file': { content: '', code: 'workflow.malformed', words: /ends too early.*line 1, column 1/ },
  'only a byte order mark': { content: '\uFEFF', code: 'workflow.malformed', words: /ends too early/ },
  'an endless text': { content: `{ "heddle": 1, "name": "${'x'.repeat(7 * megabyte)}`, code: 'workflow.malformed', words: /never closed/ },
  'a fault behind a long text': {
    content: `{ "heddle": 1, "name": "${'x\\n'.repeat(2 * megabyte)}" ! }`,
    code: 'workflow.malformed',
    words: /“,” is missing|cannot stand here/,
  },
  'no object': { content: '[1, 2]', code: 'workflow.malformed', words: /not an object/ },
  'no version': { content: '{ "name": "X" }', code: 'workflow.malformed', words: /no "heddle" version number/ },
  'a version to come': { content: whole.replace('1', '99'), code: 'workflow.unknownVersion', words: /newer Heddle.*99.*Update Heddle/ },
  'a version that never was': { content: whole.replace('1', '0'), code: 'workflow.malformed', words: /version is 0/ },
  'a key called __proto__': {
    content: whole.replace('"fields"', '"__proto__": { "polluted": true }, "fields"'),
    code: 'workflow.malformed',
    words: /__proto__/,
  },
  'nesting without end': {
    content: `{ "heddle": 1, "name": ${'['.repeat(400_000)}${']'.repeat(400_000)} }`,
    code: 'workflow.malformed',
    words: /nested more than 200 levels/,
  },
  'an edge from nowhere': {
    content: whole.replace('"edges": []', '"edges": [{ "from": "start", "to": 7 }]'),
    code: 'workflow.malformed',
    words: /edge 1 must lead from "node\.port"/,
  },
  'a node without a place': {
    content: whole.replace('"position": { "x": 0, "y": 0 }, ', ''),
    code: 'workflow.malformed',
    words: /node “start” › position/,
  },
  'UTF-16': { content: Buffer.from(`\uFEFF${whole}`, 'utf16le'), code: 'workflow.malformed', words: /UTF-8/ },
  'Latin-1': { content: Buffer.from(whole.replace('Good', 'Müller'), 'latin1'), code: 'workflow.malformed', words: /UTF-8/ },
  'no text at all': { content: Buffer.from([0, 159, 146, 150, 0, 255]), code: 'workflow.malformed', words: /UTF-8/ },
  '50 MB': { content: Buffer.alloc(50 * megabyte, 0x20), code: 'workflow.tooLarge', words: /50 MB; workflows may have 8 MB/ },
};
const toPath = (name: string) => `bad/${name}.heddle.json`;

let place: HeddlePlace;
let served: ServedHost;

beforeAll(async () => {
  place = createHeddlePlace();
  place.write('good.heddle.json', whole);
  for (const [name, { content }] of Object.entries(unreadable)) place.write(toPath(name), content);
  mkdirSync(join(place.workspace, 'folder.heddle.json'));
  place.write('folder.heddle.json/inner.heddle.json', whole);
  served = await place.serve();
});
afterAll(() => place.close());

describe('a workflow file that cannot be opened', () => {
  test('is in the list with the reason, beside those that can', async () => {
    const files = await served.api.workflow.list();
    const byPath = new Map<string, WorkflowFile>(files.map((file) => [file.path, file]));
    for (const [name, { words }] of Object.entries(unreadable))
      expect.soft(byPath.get(toPath(name)), name).toMatchObject({ name, problem: expect.stringMatching(words) });
    expect(files.filter(({ problem }) => problem === null).map(({ path }) => path)).toEqual([
      'folder.heddle.json/inner.heddle.json',
      'good.heddle.json',
    ]);
  });

  test.each(Object.entries(unreadable))(
    '%s: the API refuses to open and to run it, by name and with a way on',
    async (name, { code, words }) => {
      const path = toPath(name);
      const refusal = { code, message: expect.stringMatching(words), details: expect.objectContaining({ path }) };
      await expect(served.api.workflow.get({ path })).rejects.toMatchObject(refusal);
      await expect(served.api.run.start({ source: { type: 'file', path }, inputs: {} })).rejects.toMatchObject(refusal);
      expect((await served.api.workflow.get({ path: 'good.heddle.json' })).document.name).toBe('Good');
    },
  );

  test.each(Object.entries(unreadable))('%s: `heddle run` exits 2 and says why', async (name, { words }) => {
    const ended = await place.run(['run', toPath(name), '--json']);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).toContain(toPath(name));
    expect(ended.stderr).not.toMatch(/\n {4}at /);
    expect(ended.stderr.length).toBeLessThan(2000);
    expect(ended.lines()).toMatchObject([{ type: 'result', runId: null, status: 'failed', error: { code: unreadable[name]?.code } }]);
  });

  test('leaves nothing in the journal, and no prototype is polluted', async () => {
    expect(await served.api.run.list({})).toEqual([]);
    expect((await served.api.host.info()) as object).not.toHaveProperty('polluted');
  });
});

describe('a folder named like a workflow', () => {
  test('is no workflow, and says so', async () => {
    await expect(served.api.workflow.get({ path: 'folder.heddle.json' })).rejects.toMatchObject({
      code: 'workflow.notFound',
      message: expect.stringContaining('is a folder'),
    });
    const ended = await place.run(['run', 'folder.heddle.json']);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain('folder.heddle.json is a folder');
  });
});

describe('a workflow file in another dress', () => {
  test.each([
    ['a byte order mark', `\uFEFF${whole}`],
    ['lines that end with CR LF', whole.replaceAll('\n', '\r\n')],
  ])('%s is read, run, and only rewritten when it is saved', async (_what, text) => {
    place.write('dressed.heddle.json', text);
    const opened = await served.api.workflow.get({ path: 'dressed.heddle.json' });
    expect(opened.document.name).toBe('Good');
    expect((await place.run(['run', 'dressed.heddle.json'])).exitCode).toBe(0);
    expect(readFileSync(join(place.workspace, 'dressed.heddle.json'), 'utf8')).toBe(text);
    await served.api.workflow.save({ path: opened.path, baseRevision: opened.revision, document: opened.document });
    expect((await served.api.workflow.get({ path: opened.path })).document).toEqual(opened.document);
  });
});

describe('a workflow that can be opened and must not run', () => {
  const future = `{
  "heddle": 1,
  "name": "From the future",
  "nodes": [
    {
      "id": "warp",
      "kind": "wormhole",
      "name": "Warp",
      "position": { "x": 10, "y": 20 },
      "config": {
        "zeta": [
          1,
          {
            "b": null,
            "a": "ü 🧵 \\u0001"
          }
        ],
        "alpha": -0.5,
        "": true
      },
      "metadata": {
        "from": "2031"
      }
    },
    {
      "id": "out",
      "kind": "output",
      "name": "Out",
      "position": { "x": 200, "y": 20 },
      "config": {
        "name": "text"
      }
    }
  ],
  "edges": [
    { "from": "warp.elsewhere.with.dots", "to": "out.value" }
  ]
}
`;

  test('an unknown kind is kept byte for byte, and the refusal to run it names the node', async () => {
    place.write('future.heddle.json', future);
    const opened = await served.api.workflow.get({ path: 'future.heddle.json' });
    const problems = await served.api.workflow.validate({ document: opened.document });
    expect(problems).toContainEqual(expect.objectContaining({ code: 'node.unknownKind', node: 'warp', severity: 'error' }));
    const moved = { ...opened.document, name: 'Renamed' };
    await served.api.workflow.save({ path: opened.path, baseRevision: opened.revision, document: moved });
    expect(readFileSync(join(place.workspace, 'future.heddle.json'), 'utf8')).toBe(future.replace('From the future', 'Renamed'));

    await expect(served.api.run.start({ source: { type: 'file', path: opened.path }, inputs: {} })).rejects.toMatchObject({
      code: 'workflow.invalid',
      message: expect.stringMatching(/Warp.*wormhole.*Update Heddle, or replace the node/),
      details: { problems: [expect.objectContaining({ code: 'node.unknownKind', node: 'warp' })] },
    });
    const ended = await place.run(['run', 'future.heddle.json', '--json']);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toMatch(/Warp.*wormhole/);
    expect(ended.lines().at(-1)).toMatchObject({ error: { code: 'workflow.invalid', details: { problems: [{ node: 'warp' }] } } });
  });

  const transform = (id: string, name = id) =>
    `{ "id": "${id}", "kind": "transform", "name": "${name}", "position": { "x": 0, "y": 0 }, "config": { "expression": "1", "outputType": "any" } }`;

  test.each([
    ['two nodes with one id', `[${transform('twin')}, ${transform('twin', 'Other')}]`, '[]', /Two nodes have the id “twin”/],
    [
      'a cycle',
      `[${transform('a')}, ${transform('b')}, ${transform('c')}]`,
      '[{ "from": "a.value", "to": "b.in" }, { "from": "b.value", "to": "c.in" }, { "from": "c.value", "to": "a.in" }]',
      /“?a”? → “?b”? → “?c”? → “?a”?/,
    ],
    ['an edge to a node that is not there', `[${transform('a')}]`, '[{ "from": "a.value", "to": "gone.in" }]', /gone/],
  ])('%s', async (_what, badNodes, edges, words) => {
    place.write('wrong.heddle.json', `{ "heddle": 1, "name": "Wrong", "nodes": ${badNodes}, "edges": ${edges} }`);
    const { document } = await served.api.workflow.get({ path: 'wrong.heddle.json' });
    const problems = await served.api.workflow.validate({ document });
    expect(
      problems
        .filter(({ severity }) => severity === 'error')
        .map(({ message }) => message)
        .join('\n'),
    ).toMatch(words);
    const ended = await place.run(['run', 'wrong.heddle.json']);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toMatch(words);
  });
});

describe('a file that vanishes while it is open', () => {
  test('is missed by name; nothing is written in its place, and saving it anew works', async () => {
    place.write('gone.heddle.json', whole);
    const { path, revision, document } = await served.api.workflow.get({ path: 'gone.heddle.json' });
    rmSync(join(place.workspace, path));
    const missing = { code: 'workflow.notFound', message: expect.stringContaining('gone.heddle.json') };
    await expect(served.api.workflow.save({ path, baseRevision: revision, document })).rejects.toMatchObject(missing);
    await expect(served.api.workflow.get({ path })).rejects.toMatchObject(missing);
    await expect(served.api.run.start({ source: { type: 'file', path }, inputs: {} })).rejects.toMatchObject(missing);
    await expect(served.api.workflow.remove({ path })).rejects.toMatchObject(missing);
    expect((await served.api.workflow.list()).map((file) => file.path)).not.toContain(path);
    const again = await served.api.workflow.create({ name: 'gone', document });
    expect(again.path).toBe('gone.heddle.json');
  });

  test('and comes back malformed: the open document is not overwritten by a save', async () => {
    place.write('back.heddle.json', whole);
    const { path, revision, document } = await served.api.workflow.get({ path: 'back.heddle.json' });
    writeFileSync(join(place.workspace, path), '{ someone is typing');
    await expect(served.api.workflow.save({ path, baseRevision: revision, document })).rejects.toMatchObject({
      code: 'workflow.malformed',
    });
    expect(readFileSync(join(place.workspace, path), 'utf8')).toBe('{ someone is typing');
  });
});
