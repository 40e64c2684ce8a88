// Appends to the journal in folder argv[2] without end, printing the seq of every acknowledged event; on a refusal prints its code, tries the
// other stream and a resume, prints what they answer, and ends.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createSqliteEventStore } from '#main/event-store/sqlite-event-store.ts';
import { toErrorInfo } from '#shared/base/errors.ts';

const [, , folder = '', bytesPerEvent = '200'] = process.argv;
const store = createSqliteEventStore({ path: join(folder, 'journal.db'), blobFolder: join(folder, 'blobs') });
// Written at once: a killed process must have said everything that it was told.
const say = (line: unknown): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const event = { type: 'note.taken', version: 1, atMs: 1, data: { text: 'x'.repeat(Number(bytesPerEvent)) } };

for (let seq = store.head('run/1').lastSeq; ; seq += 1) {
  try {
    await store.append('run/1', seq, [event]);
    say({ acknowledged: seq + 1 });
  } catch (error) {
    say({ refused: toErrorInfo(error).code, message: toErrorInfo(error).message });
    break;
  }
}
await store.append('run/2', 0, [event]).then(
  () => say({ other: 'accepted' }),
  (error: unknown) => say({ other: toErrorInfo(error).code }),
);
try {
  store.resume('run/1');
  say({ resume: 'accepted' });
} catch (error) {
  say({ resume: toErrorInfo(error).code });
}
say({ stillReadable: store.read('run/1').length });
await store.close();
