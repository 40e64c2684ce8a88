import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '#shared/base/json.ts';
import { toDocument } from '../../tests/support/workflow-builder.ts';
import { runCanvas } from '../screens/canvas.ts';
import { runScreen } from '../screens/run-view.ts';
import { openQuestion, openRunTab, openWorkflow } from '../screens/runs.ts';
import { toPlaced } from '../worlds/placed.ts';
import { type Studio, expect as soon, test } from '../worlds/studio.ts';

/** Every step is on disk before the next, which a busy machine takes its time for. */
const expect = soon.configure({ timeout: 60_000 });

/** Flight and hotel are booked, the payment fails: the hotel is given back after a person said so, then the flight. */
const trip = toPlaced(
  toDocument(
    {
      flight: { kind: 'tool', config: writing('flight.txt', 'booked', 'create'), compensation: 'giveFlightBack' },
      hotel: { kind: 'tool', config: writing('hotel.txt', 'booked', 'create'), compensation: 'giveHotelBack' },
      pay: { kind: 'tool', config: { tool: 'read_file', arguments: { path: 'card-number.txt' } } },
      out: { kind: 'output', config: { name: 'receipt' } },
      giveFlightBack: { kind: 'tool', config: writing('given-back.txt', 'flight\n', 'append') },
      giveHotelBack: { kind: 'tool', config: { ...writing('given-back.txt', 'hotel\n', 'append'), approval: 'always' } },
    },
    ['flight.result->hotel.in', 'hotel.result->pay.in', 'pay.result->out.value'],
  ),
  { giveFlightBack: [0, 1], giveHotelBack: [1, 1] },
);

test('a trip that cannot be paid is undone from the last booking to the first', async ({ studio }) => {
  test.setTimeout(300_000);
  const { page } = studio;
  await openWorkflow(studio, 'Trip', trip);
  await page.keyboard.press('F5');
  const run = runScreen(page, 'Trip');
  const canvas = runCanvas(page, 'Trip');
  await expect(canvas.card('pay')).toContainText('failed');
  await expect(run.status('undoing')).toBeVisible();
  await expect(run.undoing.locator('[aria-current=step]')).toHaveText(/undoing, 0 of 2 done/);
  await expect(run.undoing).toContainText('Now: giveHotelBack');
  await expect(canvas.card('giveHotelBack')).toContainText('waits for you');
  await expect(canvas.card('giveFlightBack')).toContainText('runs only to undo');
  expect(read(studio, 'flight.txt')).toBe('booked');

  await openQuestion(page, 'May it call write_file?').then((card) => card.getByRole('button', { name: /^Approve/ }).click());
  await openRunTab(page, 'Trip');
  await expect(run.undoing).toContainText('undid 2 of 2');
  await expect(run.undoing).toContainText('undone');
  await expect(run.undoing.locator('[aria-current=step]')).toHaveCount(0);
  await expect(run.status('failed')).toBeVisible();
  await expect(canvas.card('giveHotelBack')).toContainText('succeeded');
  await expect(canvas.card('giveFlightBack')).toContainText('succeeded');
  await expect(canvas.card('hotel')).toContainText('undone as number 1');
  await expect(canvas.card('flight')).toContainText('undone as number 2');
  expect(read(studio, 'given-back.txt')).toBe('hotel\nflight\n');
});

function writing(path: string, content: string, mode: 'create' | 'append'): JsonObject {
  return { tool: 'write_file', arguments: { path, content, mode }, approval: 'never' };
}

function read({ place }: Studio, path: string): string {
  return readFileSync(join(place.workspace, path), 'utf8');
}
