import { writeFileSync } from 'node:fs';

/**
 * Writes a stand-in for the sandbox child that speaks its protocol but does what a test wants: the behaviour of a child that was taken over.
 * `onJob` is JavaScript with `job`, `send(reply)`, `sendText(text)`, `sendBytes(buffer)` and `require` in scope; `job.source` says what to do.
 */
export function writeChildProgram(file: string, onJob: string, beforeReady = ''): string {
  writeFileSync(
    file,
    `import { createRequire } from 'node:module';
import { writeSync } from 'node:fs';
const require = createRequire(import.meta.url);
const sendBytes = (bytes) => { for (let sent = 0; sent < bytes.length; ) sent += writeSync(3, bytes, sent); };
const sendText = (text) => {
  const body = Buffer.from(text), head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  sendBytes(Buffer.concat([head, body]));
};
const send = (reply) => sendText(JSON.stringify(reply));
${beforeReady}
let held = Buffer.alloc(0);
process.stdin.on('data', async (chunk) => {
  held = Buffer.concat([held, chunk]);
  while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
    const end = 4 + held.readUInt32BE(0);
    const job = JSON.parse(held.subarray(4, end).toString());
    held = held.subarray(end);
    ${onJob}
  }
});
process.stdin.on('end', () => process.exit(0));
send({ kind: 'ready' });
`,
  );
  return file;
}
