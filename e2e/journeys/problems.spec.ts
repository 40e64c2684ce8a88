import { toDocument } from '../../tests/support/workflow-builder.ts';
import { openWorkflow } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

const broken = toDocument(
  {
    start: { kind: 'input', config: { fields: [{ name: 'topic', type: 'string', required: true, default: 'x' }] } },
    first: { kind: 'prompt', config: { model: '', prompt: 'On {{ strat.topic }}' } },
    second: { kind: 'prompt', config: { model: '', prompt: '{{ inputs.in }}' } },
    text: { kind: 'output', config: { name: 'text' } },
  },
  ['start.topic->first.in', 'first.text->second.in', 'second.text->text.value'],
);

test('problems are fixed by a click, by key, at the field, and all of a kind at once', async ({ studio }) => {
  const { page } = studio;
  await openWorkflow(studio, 'Broken', broken);
  await page.getByRole('tab', { name: /^Problems/ }).click();
  const problems = page.getByRole('listbox', { name: 'Problems' });
  const rows = problems.getByRole('option');
  await expect(rows).toHaveCount(3);
  await expect(rows.filter({ hasText: 'there is no node “strat”' })).toHaveCount(1);

  // By keyboard: the arrows choose, the bar below says what can be done.
  await problems.focus();
  await page.keyboard.press('ArrowDown');
  const bar = page.getByRole('group', { name: 'Fixes for the chosen problem' });
  await expect(bar.getByRole('button')).toHaveText(['Write “start”']);
  await page.keyboard.press('Alt+Enter');
  await expect(rows).toHaveCount(2);

  await page.keyboard.press('ArrowDown');
  await expect(bar).toContainText('Fix all 2 of this kind');
  await bar.getByRole('button', { name: 'Fix all 2 of this kind' }).click();
  await expect(page.getByText('No problems')).toBeVisible();
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect(rows).toHaveCount(2);

  // At the node: the inspector has the same.
  await rows.filter({ hasText: 'first' }).click();
  const fixes = page.getByRole('group', { name: /^Fixes for: “first” has no model/ });
  await fixes.getByRole('button', { name: 'Use scripted/demo' }).click();
  await expect(rows).toHaveCount(1);
  await rows.getByTestId('quick-fix').click();
  await expect(page.getByText('No problems')).toBeVisible();
});
