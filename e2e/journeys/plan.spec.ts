import { expect, test } from '../worlds/studio.ts';

test('the plan knows nothing of time and cost before a run, estimates after one, and shows the critical path on the canvas', async ({
  studio: { page, host },
}) => {
  const { path, exampleInputs } = await host.api.template.instantiate({ id: 'list-cleanup' });
  await page.keyboard.press('Control+Shift+E');
  await page.getByRole('complementary', { name: 'Side panel' }).getByRole('button', { name: 'Contact list clean-up', exact: true }).click();
  const canvas = page.getByRole('application', { name: 'Canvas of Contact list clean-up', exact: true });
  await canvas.waitFor();
  await page.getByRole('tab', { name: 'Plan', exact: true }).click();
  await expect(page.getByText('No runs yet: time –, cost –')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Layers' })).toContainText('3 in parallel');

  await page.getByRole('switch', { name: 'Show the critical path on the canvas' }).click();
  const shown = canvas.locator('.heddle-card.is-highlighted');
  await expect(shown.filter({ hasText: 'Which to keep' })).toBeVisible();
  await expect(shown.filter({ hasText: 'Nothing to choose' })).toHaveCount(0);

  const { runId } = await host.api.run.start({
    source: { type: 'file', path },
    inputs: exampleInputs,
    approvalMode: 'ask',
    startedBy: 'test',
  });
  await expect.poll(async () => (await host.api.approval.list()).length).toBe(1);
  for (const { approvalId } of await host.api.approval.list())
    await host.api.approval.decide({ runId, approvalId, answer: { type: 'grant' } });
  await expect.poll(async () => (await host.api.run.get({ runId })).status).toBe('succeeded');

  await expect(page.getByText(/^Estimated from earlier runs.*time about .*, cost about US\$0\.00$/)).toBeVisible();
});
