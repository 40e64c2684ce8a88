import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalApi } from '#main/api/local-api.ts';
import { createHost, type Host } from '#main/host/composition.ts';
import type { HeddleApi } from '#shared/contract/client.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState } from '#shared/run/state.ts';
import type { Bundle } from '#shared/workflow/bundle.ts';
import { hurryScript } from '../support/template-world.ts';

interface Place {
  readonly host: Host;
  readonly api: HeddleApi;
  readonly workspace: string;
  read(path: string): string;
  write(path: string, text: string): void;
  list(): readonly string[];
}

let folder: string;
const places: Place[] = [];
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-bundles-')));
});
afterEach(async () => {
  await Promise.all(places.splice(0).map(({ host }) => host.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** A workspace; those of one home share templates and settings. */
function openPlace(name: string, home = name): Place {
  const workspace = join(folder, name);
  mkdirSync(workspace);
  const host = createHost({ home: join(folder, `${home}-home`), workspace, port: 0, readOnly: false, token: undefined, logLevel: 'error' });
  const place: Place = {
    host,
    api: createLocalApi(host.services),
    workspace,
    read: (path) => readFileSync(join(workspace, path), 'utf8'),
    write: (path, text) => {
      mkdirSync(dirname(join(workspace, path)), { recursive: true });
      writeFileSync(join(workspace, path), text);
    },
    list: () =>
      readdirSync(workspace, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.includes('.heddle'))
        .map((entry) => join(entry.parentPath, entry.name).slice(workspace.length + 1))
        .sort(),
  };
  places.push(place);
  return place;
}

/** A workspace with the template in it, and what an export of it with all of its files gives. */
async function exportTemplate(id: string, place: Place): Promise<Bundle> {
  const { path } = await place.api.template.instantiate({ id });
  hurryScript(join(place.workspace, 'scripts', `${id}.script.json`));
  const { files } = await place.api.bundle.list({ path });
  return place.api.bundle.export({ path, files: files.map((file) => file.path) });
}

async function run({ api, host }: Place, path: string, inputs = {}): Promise<RunState> {
  const { runId } = await api.run.start({ source: { type: 'file', path }, inputs, approvalMode: 'all', startedBy: 'test' });
  const state = await host.services.runs.settled(runId, new AbortController().signal);
  expect(isFinal(state.status)).toBe(true);
  return state;
}

describe('a bundle', () => {
  test('brings a workflow with its parts, scripts and files to another machine, where it runs the same', async () => {
    const from = openPlace('from');
    const bundle = await exportTemplate('translate-docs', from);
    expect(Object.keys(bundle.workflows)).toEqual(['Translate documents.heddle.json', 'parts/translate-text.heddle.json']);
    expect(Object.keys(bundle.files)).toEqual([
      'manual/glossary.csv',
      'manual/texts/cleaning.md',
      'manual/texts/first-steps.md',
      'manual/texts/garantie.md',
      'scripts/translate-docs.script.json',
    ]);

    const to = openPlace('to');
    const checked = await to.api.bundle.check({ bundle });
    expect(to.list()).toEqual([]);
    const imported = await to.api.bundle.import({ bundle });
    expect(imported).toEqual(checked);
    expect(to.host.services.runs.summaries()).toEqual([]);
    expect([...imported.workflows, ...imported.files].map(({ change }) => change)).toEqual(Array(7).fill('new'));
    expect((await run(to, imported.workflow)).outputs).toEqual((await run(from, bundle.workflow)).outputs);
  });

  test('says what it needs, what of that is missing here first', async () => {
    const bundle = await exportTemplate('folder-brief', openPlace('from'));
    const { needs } = await openPlace('to').api.bundle.check({
      bundle: withMain(bundle, (text) => text.replaceAll('scripted/folder-brief', 'acme/large').replace('"list_files"', '"wiki__find"')),
    });
    expect(needs.map(({ type, name, isHere }) => `${isHere ? '' : 'missing '}${type} ${name}`)).toEqual([
      'missing tool wiki__find',
      'missing server wiki',
      'missing model acme/large',
      'missing file briefs/brief.md',
      'tool read_file',
      'tool write_file',
      'file market-notes',
    ]);
  });

  test('never replaces a file: it takes free names, and what names it follows', async () => {
    const bundle = await exportTemplate('translate-docs', openPlace('from'));
    const to = openPlace('to');
    to.write('Translate documents.heddle.json', 'mine');
    to.write('parts/translate-text.heddle.json', 'mine');
    to.write('manual/glossary.csv', 'mine');
    to.write('scripts/translate-docs.script.json', 'mine');
    const imported = await to.api.bundle.import({ bundle });
    expect(imported.workflow).toBe('Translate documents 2.heddle.json');
    expect(imported.files.map(({ landsAt }) => landsAt)).toEqual([
      'manual 2/glossary.csv',
      'manual 2/texts/cleaning.md',
      'manual 2/texts/first-steps.md',
      'manual 2/texts/garantie.md',
      'scripts/translate-docs-2.script.json',
    ]);
    for (const path of ['Translate documents.heddle.json', 'parts/translate-text.heddle.json', 'manual/glossary.csv'])
      expect(to.read(path)).toBe('mine');
    expect(to.read('Translate documents 2.heddle.json')).toContain('parts/translate-text 2.heddle.json');
    expect(to.read('parts/translate-text 2.heddle.json')).toContain('scripted/translate-docs-2');
    const state = await run(to, imported.workflow);
    expect(state.inputs).toMatchObject({ folder: 'manual 2/texts', glossary: 'manual 2/glossary.csv' });
    expect(state.outputs?.report).toMatchObject({ written: { length: 2 } });
  });

  test('brought in twice is there once', async () => {
    const bundle = await exportTemplate('quiz-maker', openPlace('from'));
    const to = openPlace('to');
    await to.api.bundle.import({ bundle });
    const before = to.list();
    const again = await to.api.bundle.import({ bundle });
    expect([...again.workflows, ...again.files].every(({ change, path, landsAt }) => change === 'same' && path === landsAt)).toBe(true);
    expect(to.list()).toEqual(before);
  });

  test('holds names of secrets, never their values', async () => {
    const from = openPlace('from');
    await from.api.settings.save({
      providers: [{ id: 'acme', kind: 'openai', label: 'Acme', baseUrl: 'http://127.0.0.1:1/v1', keyName: 'ACME_KEY' }],
    });
    const { path } = await from.api.template.instantiate({ id: 'folder-brief' });
    const { document, revision } = await from.api.workflow.get({ path });
    const changed = JSON.parse(JSON.stringify(document).replaceAll('scripted/folder-brief', 'acme/large')) as typeof document;
    await from.api.workflow.save({ path, baseRevision: revision, document: changed });
    process.env.ACME_KEY = 'the-value-of-the-key';
    try {
      const bundle = await from.api.bundle.export({ path, files: [] });
      expect(bundle.secrets).toEqual(['ACME_KEY']);
      expect(JSON.stringify(bundle)).not.toContain('the-value-of-the-key');
      const { needs } = await openPlace('to').api.bundle.check({ bundle });
      expect(needs.find(({ type }) => type === 'secret')).toMatchObject({ name: 'ACME_KEY' });
    } finally {
      delete process.env.ACME_KEY;
    }
  });

  test.each(['../escaped.md', '/etc/escaped.md', '.heddle/journal.db', 'a/../../b.md'])(
    'that wants to write to %s is refused whole',
    async (path) => {
      const bundle = await exportTemplate('quiz-maker', openPlace('from'));
      const to = openPlace('to');
      await expect(
        to.api.bundle.import({ bundle: { ...bundle, files: { ...bundle.files, [path]: { text: 'x' } } } }),
      ).rejects.toMatchObject({
        code: 'workflow.pathRefused',
      });
      expect(to.list()).toEqual([]);
      expect(existsSync(join(folder, 'escaped.md'))).toBe(false);
    },
  );

  test('does not configure the workspace', async () => {
    const bundle = await exportTemplate('quiz-maker', openPlace('from'));
    const files = { 'heddle.config.yaml': { text: 'port: 1' } };
    await expect(openPlace('to').api.bundle.check({ bundle: { ...bundle, files } })).rejects.toMatchObject({ code: 'bundle.invalid' });
  });

  test('whose workflow cannot be read is refused in words', async () => {
    const bundle = await exportTemplate('quiz-maker', openPlace('from'));
    const to = openPlace('to');
    await expect(to.api.bundle.check({ bundle: { ...bundle, workflow: 'other.heddle.json' } })).rejects.toMatchObject({
      code: 'bundle.invalid',
    });
    await expect(
      to.api.bundle.check({ bundle: { ...bundle, workflows: { ...bundle.workflows, [bundle.workflow]: { heddle: 1, nodes: 7 } } } }),
    ).rejects.toMatchObject({ code: 'bundle.invalid' });
  });

  test('leaves out files that nobody chose, and refuses those that are not in the workspace', async () => {
    const from = openPlace('from');
    const { path } = await from.api.template.instantiate({ id: 'quiz-maker' });
    expect((await from.api.bundle.export({ path, files: ['lessons/1-tides.md'] })).files).toMatchObject({
      'lessons/1-tides.md': { text: expect.stringContaining('# Tides') as string },
    });
    await expect(from.api.bundle.export({ path, files: ['../secret'] })).rejects.toMatchObject({ code: 'workflow.pathRefused' });
    await expect(from.api.bundle.export({ path, files: ['none.md'] })).rejects.toMatchObject({ code: 'request.notFound' });
  });
});

describe('a template of one’s own', () => {
  test('is saved with its parts and files, listed first, used in another workspace, and removed', async () => {
    const from = openPlace('from', 'shared');
    const { path } = await from.api.template.instantiate({ id: 'translate-docs' });
    hurryScript(join(from.workspace, 'scripts/translate-docs.script.json'));
    from.write('manual/glossary.csv', from.read('manual/glossary.csv').replace('warm,warmem', 'warm,lauem'));
    const { files } = await from.api.bundle.list({ path });
    const saved = await from.api.template.save({
      path,
      name: 'Our manuals',
      description: 'As we do it.',
      tags: ['ours'],
      files: files.map((file) => file.path),
    });
    expect(saved).toMatchObject({ id: 'own-our-manuals', name: 'Our manuals', tags: ['ours'], isOwn: true, hasRecordedRun: false });

    const to = openPlace('to', 'shared');
    const [first, second] = await to.api.template.list();
    expect(first).toEqual(saved);
    expect(second).toMatchObject({ id: 'folder-brief', isOwn: false });
    const used = await to.api.template.instantiate({ id: saved.id });
    expect(used).toMatchObject({ path: 'Our manuals.heddle.json', document: { name: 'Our manuals' } });
    const state = await run(to, used.path);
    expect(state.status).toBe('succeeded');
    expect(to.read('manual-translated/cleaning.md')).toContain('mit lauem Wasser');

    expect((await to.api.template.instantiate({ id: saved.id })).path).toBe('Our manuals 2.heddle.json');
    expect((await to.api.template.instantiate({ id: saved.id, name: 'Mine' })).path).toBe('Mine.heddle.json');
    expect(to.list().filter((name) => name.startsWith('manual '))).toEqual([]);

    await to.api.template.remove({ id: saved.id });
    expect((await to.api.template.list()).every(({ isOwn }) => !isOwn)).toBe(true);
    await expect(to.api.template.remove({ id: saved.id })).rejects.toMatchObject({ code: 'template.notFound' });
  });

  test('of the program cannot be removed, and two of one name are two', async () => {
    const place = openPlace('from');
    await expect(place.api.template.remove({ id: 'folder-brief' })).rejects.toMatchObject({ code: 'template.notFound' });
    const { path } = await place.api.template.instantiate({ id: 'quiz-maker' });
    const save = async () => (await place.api.template.save({ path, name: 'Ähnlich!' })).id;
    expect([await save(), await save()]).toEqual(['own-ahnlich', 'own-ahnlich-2']);
  });

  test('that is damaged on disk does not take the gallery away', async () => {
    const place = openPlace('from');
    mkdirSync(join(folder, 'from-home/templates'), { recursive: true });
    writeFileSync(join(folder, 'from-home/templates/broken.heddle-bundle.json'), '{');
    expect((await place.api.template.list()).length).toBeGreaterThanOrEqual(12);
    await expect(place.api.template.get({ id: 'own-broken' })).rejects.toMatchObject({ code: 'bundle.invalid' });
  });
});

function withMain(bundle: Bundle, change: (text: string) => string): Bundle {
  const main = JSON.parse(change(JSON.stringify(bundle.workflows[bundle.workflow]))) as Bundle['workflows'][string];
  return { ...bundle, workflows: { ...bundle.workflows, [bundle.workflow]: main } };
}
