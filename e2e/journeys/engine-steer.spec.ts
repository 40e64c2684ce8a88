import type { Page } from '@playwright/test';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { runCanvas } from '../screens/canvas.ts';
import { type RunScreen, runScreen } from '../screens/run-view.ts';
import { openOutput, openWorkflow } from '../screens/runs.ts';
import { toPlaced } from '../worlds/placed.ts';
import { type Studio, expect as soon, test } from '../worlds/studio.ts';

/** Every step is on disk before the next, which a busy machine takes its time for. */
const expect = soon.configure({ timeout: 60_000 });

/** Thinks for a quarter of a minute before it reads, so that a person can step in; then says what it read. */
const reader = {
  version: 1,
  rules: [
    {
      when: { turn: 0 },
      do: {
        say: 'First I think about which file to read, and in which order, and why; then I read it.',
        pace: { charsPerSecond: 5 },
        call: [{ tool: 'read_file', arguments: { path: 'weather.txt' } }],
      },
    },
    { do: { say: 'The file says: {{ tools.read_file[0].json.text }}' } },
  ],
};
const writer = { version: 1, rules: [{ do: { say: '{{ request.system }}: {{ request.lastUser }}' } }] };

const report = toPlaced(
  toDocument(
    {
      reader: { kind: 'agent', config: { model: 'scripted/reader', prompt: 'Read the weather.', tools: [{ name: 'read_file' }] } },
      way: { kind: 'branch', config: { cases: [{ name: 'brief', when: 'true' }] } },
      note: { kind: 'prompt', config: { model: 'scripted/writer', system: 'A note', prompt: '{{ inputs.in }}' } },
      essay: { kind: 'prompt', config: { model: 'scripted/writer', system: 'An essay', prompt: '{{ inputs.in }}' } },
      joined: { kind: 'merge' },
      out: { kind: 'output', config: { name: 'report' } },
    },
    [
      'reader.text->way.in',
      'way.brief->note.in',
      'way.else->essay.in',
      'note.text->joined.in',
      'essay.text->joined.in',
      'joined.value->out.value',
    ],
  ),
  { essay: [2, 1], joined: [3, 0], out: [4, 0] },
);

test('a run is interrupted, steered and continued; it replays as it was, and a fork goes on from another tool result', async ({
  studio,
}) => {
  test.setTimeout(300_000);
  const { page, place } = studio;
  place.write('scripts/reader.script.json', reader);
  place.write('scripts/writer.script.json', writer);
  place.write('weather.txt', 'rain');
  await openWorkflow(studio, 'Report', report);
  await page.keyboard.press('F5');
  const run = runScreen(page, 'Report');

  await interrupt(page, run);
  await steer(page);
  await expect(run.status('held')).toBeVisible();
  await run.tab.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(run.status('succeeded')).toBeVisible({ timeout: 60_000 });
  await expect(runCanvas(page, 'Report').card('note')).toContainText('skipped');
  await expect(await openOutput(page)).toContainText('An essay: The file says: rain');

  await replay(page);
  await fork(studio, run);
});

async function interrupt(page: Page, run: RunScreen): Promise<void> {
  const canvas = runCanvas(page, 'Report');
  await expect(canvas.card('reader')).toContainText('First I');
  await run.tab.getByRole('button', { name: 'Interrupt', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Let its calls finish/ }).click();
  const banner = run.tab.getByRole('region', { name: 'Interrupted' });
  await expect(banner).toContainText('Interrupting: what is at work comes to its end');
  await expect(run.status('comes to a halt')).toBeVisible();
  await expect(run.status('held')).toBeVisible();
  await expect(banner.getByText('Interrupted', { exact: true })).toBeVisible();
  await expect(canvas.card('reader')).toContainText('held');
  await expect(canvas.card('way')).toContainText('not reached yet');
}

/** Sends it the other way. */
async function steer(page: Page): Promise<void> {
  await page.keyboard.press('Alt+F6');
  const dialog = page.getByRole('dialog', { name: 'Steer this run' });
  await dialog.getByRole('button', { name: 'Change a node' }).click();
  const change = dialog.getByRole('group', { name: /^Change of/ });
  await change.getByRole('combobox', { name: 'Node' }).selectOption('way');
  await change.getByRole('combobox', { name: 'What' }).selectOption('Take the way');
  await change.getByRole('combobox', { name: 'Way' }).selectOption('else');
  await expect(dialog.getByRole('region', { name: 'What will change' })).toContainText('way takes the way “else”');
  await dialog.getByRole('button', { name: 'Steer', exact: true }).click();
  await expect(dialog).toBeHidden();
}

async function replay(page: Page): Promise<void> {
  await page.keyboard.press('Alt+F8');
  const dialog = page.getByRole('dialog', { name: 'Replay' });
  const answer = dialog.getByRole('region', { name: 'Report' });
  await expect(answer).toContainText('Consistent');
  await expect(answer).toContainText(/(\d+) of \1 events came again as they were/);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}

/** Takes the run up again where the file said something else. */
async function fork({ page, place }: Studio, run: RunScreen): Promise<void> {
  const runs = page.getByRole('tab', { name: /^Report #/ });
  await run.frame(/read_file/).click();
  await run.inspector.getByRole('button', { name: 'Edit and fork…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Fork this run' });
  const result = dialog.getByRole('textbox', { name: /^What read_file gave/ });
  await expect(result).toHaveValue(/"rain"/);
  await result.fill((await result.inputValue()).replace('"rain"', '"snow"'));
  // What is on disk is not asked again.
  place.write('weather.txt', 'sun');
  await dialog.getByRole('button', { name: 'Fork', exact: true }).click();

  await expect(runs).toHaveCount(2);
  await expect(run.status('succeeded')).toBeVisible({ timeout: 60_000 });
  await expect(await openOutput(page)).toContainText('The file says: snow');
  const banner = run.tab.getByRole('region', { name: 'Forked' });
  await expect(banner).toContainText(/1 reused, 1 edited, 2 ran again/);
  await banner.getByRole('button', { name: 'Which, and why' }).click();
  const steps = page
    .getByRole('dialog', { name: 'What this fork reused, and what it ran again' })
    .getByRole('list', { name: 'Steps' })
    .getByRole('listitem');
  await expect(steps).toHaveText([/^reused.*asked for exactly the same/, /^edited.*its answer was edited/, /^ran again/, /^ran again/]);
  await page.keyboard.press('Escape');
  await expect(run.frame('taken over')).toHaveText([/^reader/, /^read_file/]);
  await run.frame('read_file').click();
  await expect(run.inspector.getByText(/^edited from #/)).toBeVisible();
  await run.frame('reader').nth(1).click();
  await expect(run.inspector.getByText(/^reused from #/)).toBeVisible();
}
