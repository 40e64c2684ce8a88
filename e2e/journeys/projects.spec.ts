import { readFileSync } from 'node:fs';
import { expect, test } from '../worlds/studio.ts';

test('a workflow is exported as one file, and imported beside what is there, with its needs listed first', async ({
  studio: { page, host, place },
}) => {
  const { path } = await host.api.template.instantiate({ id: 'translate-docs' });
  await page.keyboard.press('Control+Shift+E');
  await page.getByRole('complementary', { name: 'Side panel' }).getByRole('button', { name: 'Translate documents', exact: true }).click();
  await page.getByRole('application', { name: 'Canvas of Translate documents', exact: true }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('export this');
  await page.keyboard.press('Enter');
  const exporting = page.getByRole('dialog', { name: 'Export this workflow' });
  await expect(exporting.getByRole('list', { name: 'Files that go along' })).toContainText('manual/glossary.csv');
  await expect(exporting.getByRole('list', { name: 'What it needs' })).toContainText('scripted/translate-docs');
  const download = page.waitForEvent('download');
  await exporting.getByRole('button', { name: 'Download' }).click();
  const file = await (await download).path();
  await expect(exporting).toBeHidden();

  const { document, revision } = await host.api.workflow.get({ path });
  await host.api.workflow.save({ path, baseRevision: revision, document: { ...document, description: 'mine' } });
  place.write('manual/glossary.csv', 'mine');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('import a work');
  await page.keyboard.press('Enter');
  const importing = page.getByRole('dialog', { name: 'Import a workflow' });
  await importing.getByLabel(/A file that was exported/).setInputFiles({
    name: 'odd.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"heddleBundle": 9}'),
  });
  await expect(importing).toContainText('no bundle that Heddle can read');
  await importing.getByLabel(/A file that was exported/).setInputFiles({
    name: 'translate.heddle-bundle.json',
    mimeType: 'application/json',
    buffer: readFileSync(file),
  });
  const brings = importing.getByRole('list', { name: 'What it brings' });
  await expect(brings).toContainText('as Translate documents 2.heddle.json, because another one is here');
  await expect(brings).toContainText('as manual 2/glossary.csv');
  await expect(brings).toContainText('is here already, the same');
  expect((await host.api.workflow.list()).map((known) => known.path)).not.toContain('Translate documents 2.heddle.json');
  await importing.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(importing).toBeHidden();
  await expect.poll(async () => (await host.api.workflow.list()).map((known) => known.path)).toContain('Translate documents 2.heddle.json');
  expect(readFileSync(`${place.workspace}/manual/glossary.csv`, 'utf8')).toBe('mine');
  expect(await host.api.run.list({})).toEqual([]);
});
