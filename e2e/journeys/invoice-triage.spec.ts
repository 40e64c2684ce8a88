import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCanvas } from '../screens/canvas.ts';
import { runScreen } from '../screens/run-view.ts';
import { galleryCard, openQuestion, openRunTab } from '../screens/runs.ts';
import { expect, test } from '../worlds/studio.ts';

for (const { answer, largeGoTo } of [
  { answer: 'Approve', largeGoTo: 'approved.csv' },
  { answer: 'Deny', largeGoTo: 'to-check.csv' },
] as const) {
  test(`invoices above the limit go to ${largeGoTo} when a person says: ${answer.toLowerCase()}`, async ({ studio: { page, place } }) => {
    await (await galleryCard(page, 'Invoice triage')).getByRole('button', { name: 'Run it' }).click();
    const question = await openQuestion(page, 'Pay the invoices above the limit?');
    const [large = ''] = /[A-Z]+-?\d[\w-]*/.exec((await question.getByRole('group', { name: 'value' }).textContent()) ?? '') ?? [];
    expect(large).not.toBe('');
    await question.getByRole('button', { name: new RegExp(`^${answer}`) }).click();
    if (answer === 'Deny') {
      await question.getByRole('textbox', { name: /^Reason/ }).fill('Ask the supplier first');
      await question.getByRole('button', { name: 'Deny' }).click();
    }
    await openRunTab(page, 'Invoice triage');
    const canvas = runCanvas(page, 'Invoice triage');
    await expect(canvas.card(answer === 'Approve' ? 'Approved' : 'Held back')).toContainText('succeeded');
    await expect(canvas.card(answer === 'Approve' ? 'Held back' : 'Approved')).toContainText('skipped');
    await expect(runScreen(page, 'Invoice triage').status('succeeded')).toBeVisible();
    const sorted = (name: string) => readFileSync(join(place.workspace, 'invoices/sorted', name), 'utf8');
    expect(['approved.csv', 'to-check.csv'].filter((name) => sorted(name).includes(large))).toEqual([largeGoTo]);
  });
}
