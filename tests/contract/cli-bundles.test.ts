import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Bundle } from '#shared/workflow/bundle.ts';
import { formatWorkflowFile } from '#shared/workflow/document-file.ts';
import { createHeddlePlace, type HeddlePlace } from '../support/heddle-place.ts';
import { toDocument } from '../support/workflow-builder.ts';

const document = {
  ...toDocument(
    {
      start: { kind: 'input', config: { fields: [{ name: 'file', type: 'file', default: 'notes/a.md' }] } },
      ask: { kind: 'prompt', config: { model: 'acme/large', prompt: 'x' } },
      text: { kind: 'output', config: { name: 'text' } },
    },
    ['start.file->ask.in', 'ask.text->text.value'],
  ),
  name: 'Ask',
};

let place: HeddlePlace;
beforeEach(() => {
  place = createHeddlePlace();
  place.write('ask.heddle.json', formatWorkflowFile(document));
  place.write('notes/a.md', '# A');
});
afterEach(() => place.close());

test('export says what goes along and what it needs, writes one file, and never over another', async () => {
  const dry = await place.run(['export', 'ask.heddle.json', '--to', 'out.json', '--dry-run']);
  expect(dry).toMatchObject({ exitCode: 0 });
  expect(dry.stdout).toContain('workflow  ask.heddle.json');
  expect(dry.stdout).toContain('file      notes/a.md');
  expect(dry.stdout).toMatch(/needs {5}model acme\/large {2}MISSING HERE/);
  expect(existsSync(join(place.workspace, 'out.json'))).toBe(false);

  expect(await place.run(['export', 'ask.heddle.json', '--to', 'out.json'])).toMatchObject({ exitCode: 0 });
  const bundle = JSON.parse(readFileSync(join(place.workspace, 'out.json'), 'utf8')) as Bundle;
  expect(bundle).toMatchObject({ heddleBundle: 1, name: 'Ask', files: { 'notes/a.md': { text: '# A' } } });
  const again = await place.run(['export', 'ask.heddle.json', '--to', 'out.json']);
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('There already is a file') as string });
  expect(await place.run(['export', 'ask.heddle.json', '--to', 'bare.json', '--without-files'])).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(readFileSync(join(place.workspace, 'bare.json'), 'utf8'))).toMatchObject({ files: {} });
});

test('import --dry-run writes nothing; import takes free names and says how to run it', async () => {
  await place.run(['export', 'ask.heddle.json', '--to', 'out.json']);
  place.write('ask.heddle.json', formatWorkflowFile({ ...document, name: 'Another' }));
  const dry = await place.run(['import', 'out.json', '--dry-run', '--json']);
  expect(JSON.parse(dry.stdout)).toMatchObject({ workflow: 'ask 2.heddle.json', isWritten: false, files: [{ change: 'same' }] });
  expect(existsSync(join(place.workspace, 'ask 2.heddle.json'))).toBe(false);
  const done = await place.run(['import', 'out.json']);
  expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('heddle run "ask 2.heddle.json"') as string });
  expect(existsSync(join(place.workspace, 'ask 2.heddle.json'))).toBe(true);
});

test('what is no bundle is refused in words', async () => {
  place.write('odd.json', '{"heddleBundle": 2}');
  const refused = await place.run(['import', 'odd.json']);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not a bundle that Heddle can read') as string });
  expect(await place.run(['import', 'none.json'])).toMatchObject({ exitCode: 2 });
});
