import { toDocument } from '../../tests/support/workflow-builder.ts';
import { editorCanvas } from '../screens/canvas.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expectSaved, readWorkflowFile } from '../screens/workflow-file.ts';
import { expect, test } from '../worlds/studio.ts';

const path = 'Draft.heddle.json';
const draft = toDocument(
  {
    topic: { kind: 'input', config: { fields: [{ name: 'what', type: 'string', required: true }] } },
    writer: { kind: 'prompt', config: { model: 'scripted/demo', prompt: 'About {{ topic.what }}' } },
  },
  ['topic.what->writer.in'],
);

test.setTimeout(120_000);

test('what is pasted lands at the pointer: nodes from another window, words as a note; what is broken says why', async ({
  studio,
  context,
}) => {
  const { page, place } = studio;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openWorkflow(studio, 'Draft', draft);
  const canvas = editorCanvas(page, 'Draft');
  await canvas.surface.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('heddleFragment');

  const other = await context.newPage();
  await other.goto(studio.host.pageUrl);
  await other.getByRole('contentinfo').getByText('host ready').waitFor();
  await openWorkflow({ ...studio, page: other }, 'Copy', { ...draft, nodes: draft.nodes.slice(0, 1), edges: [] });
  const there = editorCanvas(other, 'Copy');
  const spot = await there.at(0.3, 0.8);
  await there.surface.focus();
  await other.mouse.move(spot.x, spot.y);
  await other.keyboard.press('Control+v');
  await expectSaved(place, 'Copy.heddle.json', ({ nodes, edges }) => [nodes.map(({ id }) => id), edges.length, nodes[2]?.config.prompt], [
    ['topic', 'topic2', 'writer'],
    1,
    'About {{ topic2.what }}',
  ]);
  const box = await there.card('topic 2').boundingBox();
  expect(Math.hypot((box?.x ?? 0) - spot.x, (box?.y ?? 0) - spot.y)).toBeLessThan(24);
  await other.close();

  await canvas.surface.focus();
  await page.evaluate(() => navigator.clipboard.writeText('# Remember\nAsk Ada first.'));
  await page.keyboard.press('Control+v');
  await expect(canvas.surface.getByRole('heading', { name: 'Remember' })).toBeVisible();
  await expectSaved(place, path, ({ nodes }) => [nodes[2]?.kind, nodes[2]?.config.text], ['note', '# Remember\nAsk Ada first.']);

  await page.evaluate(() => navigator.clipboard.writeText('{ "heddleFragment": 1, "nodes": [ }'));
  await page.keyboard.press('Control+v');
  await expect(
    page.getByText('The clipboard holds nodes, but their text is broken: } cannot stand here (line 1, column 35).'),
  ).toBeVisible();
  expect(readWorkflowFile(place, path).nodes).toHaveLength(3);
});
