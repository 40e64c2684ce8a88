import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas, runCanvas } from '../screens/canvas.ts';
import { runScreen } from '../screens/run-view.ts';
import { openOutput } from '../screens/runs.ts';
import { expectSaved } from '../screens/workflow-file.ts';
import { toPlaced } from '../worlds/placed.ts';
import { expect as soon, test } from '../worlds/studio.ts';

/** Every step is on disk before the next, which a busy machine takes its time for. */
const expect = soon.configure({ timeout: 60_000 });

const path = 'Read all.heddle.json';
const names = Array.from({ length: 50 }, (_, index) => `notes/note-${index + 1}.txt`);
const late = ['notes/note-7.txt', 'notes/note-23.txt', 'notes/note-41.txt'];

/** Reads one note. One that is not there yet is looked for again, a little later each time. */
const readOne = toPlaced(
  toDocument(
    {
      note: { kind: 'input', config: { fields: [{ name: 'path', type: 'string', required: true }] } },
      read: {
        kind: 'tool',
        config: { tool: 'read_file', arguments: { path: '{{ note.path }}' } },
        policy: { maxAttempts: 20, backoffMs: 2_000 },
      },
      words: { kind: 'transform', config: { expression: 'inputs.in.text', outputType: 'string' } },
      out: { kind: 'output', config: { name: 'words' } },
    },
    ['note.path->read.in', 'read.result->words.in', 'words.value->out.value'],
  ),
);

test('a map over fifty notes, drawn by hand, retries the three that are missing until they come', async ({ studio }) => {
  test.setTimeout(300_000);
  const { page, place, host } = studio;
  await host.api.workflow.create({ name: 'Read one', document: { ...readOne, name: 'Read one' } });
  place.write('list.txt', names.join('\n'));
  const write = (name: string) => place.write(name, `what ${name} says`);
  for (const name of names) if (!late.includes(name)) write(name);

  await page.keyboard.press('Alt+n');
  await page.getByRole('dialog', { name: 'New workflow' }).getByRole('textbox', { name: 'Name' }).fill('Read all');
  await page.keyboard.press('Enter');
  const canvas = editorCanvas(page, 'Read all');
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  const start = await canvas.at(0.12, 0.3);
  await page.mouse.dblclick(start.x, start.y);
  await page.getByRole('dialog', { name: 'Add a node' }).getByRole('combobox').fill('tool');
  await page.keyboard.press('Enter');
  await expect(canvas.card('Tool')).toBeVisible();
  await inspector.getByRole('combobox', { name: 'Tool', exact: true }).fill('read_file');
  await page.keyboard.press('Escape');
  await inspector.getByRole('textbox', { name: 'path (required)' }).fill('list.txt');

  const choose = page.getByRole('dialog', { name: 'Add a node and connect it' });
  await canvas.drag(canvas.port('Tool', 'output result'), await canvas.at(0.45, 0.3));
  await choose.getByRole('option', { name: 'Map' }).click();
  await inspector.getByRole('combobox', { name: 'Workflow' }).click();
  await inspector.getByRole('option', { name: /^Read one/ }).click();
  await inspector.getByRole('textbox', { name: 'Items' }).fill('inputs.items.text.split("\\n")');
  await canvas.drag(canvas.port('Map', 'output results'), await canvas.at(0.8, 0.3));
  await choose.getByRole('option', { name: 'Output' }).click();
  await expectSaved(place, path, (file) => [file.edges, file.nodes[1]?.config.workflow, file.nodes[1]?.config.items], [
    [
      { from: 'tool.result', to: 'map2.items' },
      { from: 'map2.results', to: 'output.value' },
    ],
    'Read one.heddle.json',
    'inputs.items.text.split("\\n")',
  ]);
  await expect(page.getByRole('contentinfo').getByText('0 problems')).toBeVisible();

  await page.keyboard.press('F5');
  const run = runScreen(page, 'Read all');
  const whole = runCanvas(page, 'Read all');
  await expect(whole.card('Map')).toContainText('47/50');
  await whole.card('Map').dblclick();
  await expect(run.whichItems.getByRole('option')).toHaveText(['All (50)', 'At work (3)', 'Failed (0)']);
  await run.whichItems.selectOption('running');
  await expect(run.items.getByRole('listbox').getByRole('option')).toHaveText(late.map((name) => new RegExp(name)));
  const inner = runCanvas(page, 'Read one');
  for (const name of late) {
    await run.item(name).click();
    await expect(run.item(name)).toContainText('there is no such file');
    await expect(run.item(name)).toContainText('will try again');
    await expect(inner.card('read')).toContainText('will try again');
  }

  for (const name of late) write(name);
  await expect(run.status('succeeded')).toBeVisible({ timeout: 200_000 });
  await run.whichItems.selectOption('all');
  for (const name of late) {
    await run.items.getByRole('listbox').press('Home');
    await expect(async () => {
      if (!(await run.item(name).isVisible())) await run.items.getByRole('listbox').press('PageDown');
      await run.item(name).click({ timeout: 1_000 });
    }).toPass();
    await inner.card('read').click();
    await expect(run.inspector).toContainText(/attempt \d+/);
    await expect(run.inspector).toContainText(`what ${name} says`);
  }

  const output = await openOutput(page);
  for (const name of [...late, 'notes/note-50.txt']) await expect(output).toContainText(`what ${name} says`);
  const [summary] = await host.api.run.list({});
  const { outputs } = await host.api.run.state({ runId: summary?.runId ?? '' });
  expect(outputs).toEqual({ result: names.map((name) => `what ${name} says`) });
});
