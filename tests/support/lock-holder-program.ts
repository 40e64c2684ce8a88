// Takes the writer lock of the folder in argv[2], prints one line of JSON with the outcome, and then stays until it is killed or its input ends.
import { acquireWriterLock } from '#main/event-store/writer-lock.ts';

const [, , folder = '', port = '1'] = process.argv;
const result = acquireWriterLock(folder, { pid: process.pid, startedAtMs: 1, port: Number(port) });
process.stdout.write(`${JSON.stringify('heldBy' in result ? { heldBy: result.heldBy ?? null } : { pid: process.pid })}\n`);
process.stdin.resume();
process.stdin.on('end', () => {
  if (!('heldBy' in result)) result.release();
});
