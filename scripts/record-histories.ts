/**
 * Records the histories that later builds have to be able to read: one small run for each thing that a run can do, on simulated time, with
 * models and tools that are functions. Writes `tests/histories/*.ndjson` and overwrites nothing: what one build has recorded stays as it is.
 * `node scripts/record-histories.ts`
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { histories } from '../tests/support/histories.ts';
import { inProject } from './lib/project.mjs';

mkdirSync(inProject('tests/histories'), { recursive: true });
for (const [name, record] of Object.entries(histories)) {
  const path = inProject('tests/histories', `${name}.ndjson`);
  if (existsSync(path)) continue;
  const events = await record();
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  console.log(`${name}: ${events.length} events`);
}
