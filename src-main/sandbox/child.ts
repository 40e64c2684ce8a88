/**
 * The program of a sandbox child: takes one job at a time from standard input, runs it in a fresh isolate and answers on descriptor 3.
 * It trusts nobody's script and is itself trusted by nobody: the host bounds, parses and times everything it does.
 *
 * Arguments: the path of isolated-vm's native module. It is loaded by path so that this program imports nothing but tiny
 * neighbours and needs to read nothing but them.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import type Ivm from 'isolated-vm';
import { createFrameReader, encodeFrame } from './frames.ts';
import { isolateBootstrap } from './isolate-bootstrap.ts';
import { jsonTextDepth } from './json-depth.ts';
import { type JobMessage, type LogMessage, maximumValueDepth, type ReplyMessage } from './protocol.ts';
import { locateSyntaxError, locateThrown, scriptName } from './script-location.ts';

const repliesDescriptor = 3;
const watchEveryMs = 20;
const { ivm } = createRequire(import.meta.url)(process.argv[2] ?? '') as { ivm: typeof Ivm };

let jobs = Promise.resolve();
const read = createFrameReader(
  () => Number.MAX_SAFE_INTEGER,
  (text) => {
    jobs = jobs.then(() => runJob(JSON.parse(text) as JobMessage));
  },
  () => undefined,
);
process.stdin.on('data', read);
// The host is gone. An isolate may be in an endless loop on its own thread, so an orderly exit could wait for ever.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));
send({ kind: 'ready' });

async function runJob(job: JobMessage): Promise<void> {
  const atStart = { cpu: process.cpuUsage(), residentBytes: process.memoryUsage.rss() };
  let isAnswered = false;
  const answer = (reply: ReplyMessage): void => {
    if (isAnswered) return;
    isAnswered = true;
    send(reply);
  };
  const outOfMemory = (): void => answer({ kind: 'exceeded', jobId: job.jobId, limit: 'memory' });
  const isolate = new ivm.Isolate({ memoryLimit: job.memoryMb, onCatastrophicError: outOfMemory });
  const watch = setInterval(() => {
    const { user, system } = process.cpuUsage(atStart.cpu);
    if ((user + system) / 1_000 > job.cpuMs) answer({ kind: 'exceeded', jobId: job.jobId, limit: 'cpu' });
    if (process.memoryUsage.rss() - atStart.residentBytes > job.residentGrowthBytes) outOfMemory();
  }, watchEveryMs);
  try {
    const reply = await runInIsolate(isolate, job);
    if (!isolate.isDisposed) isolate.dispose();
    answer(reply);
  } catch (thrown) {
    // What escapes runInIsolate: the isolate ended under the script, for which memory is the only reason, or a promise was rejected with nobody to catch it.
    if (isolate.isDisposed) outOfMemory();
    else answer(toThrown(job.jobId, thrown instanceof Error ? thrown : new Error(String(thrown))));
    if (!isolate.isDisposed) isolate.dispose();
  } finally {
    clearInterval(watch);
  }
}

async function runInIsolate(isolate: Ivm.Isolate, job: JobMessage): Promise<ReplyMessage> {
  const context = await isolate.createContext();
  const bootstrap = await isolate.compileScript(isolateBootstrap, { filename: 'sandbox' });
  const run = await bootstrap.run(context, { reference: true });
  const userFunction = await compileUserFunction(isolate, context, run, job);
  if ('kind' in userFunction) return userFunction;
  await run.apply(undefined, ['start', userFunction.derefInto(), job.inputText, job.outputBytes, job.logBytes]);
  const outcome: unknown = await run.apply(undefined, ['finish'], { result: { copy: true } });
  return toReply(job, String(outcome));
}

/** Compiles in two ways: the script gives places in the user's lines, the check refuses a body that closes the wrapper. */
async function compileUserFunction(isolate: Ivm.Isolate, context: Ivm.Context, run: Ivm.Reference, job: JobMessage) {
  const refuse = (place: ReturnType<typeof locateSyntaxError>) => ({
    kind: 'threw' as const,
    jobId: job.jobId,
    name: 'SyntaxError',
    ...place,
    logs: [],
  });
  const wrapped = `(async function (input, console) {\n${job.source}\n})`;
  let script: Ivm.Script;
  try {
    script = await isolate.compileScript(wrapped, { filename: scriptName, lineOffset: -1 });
  } catch (thrown) {
    if (isSyntaxError(thrown)) return refuse(locateSyntaxError(thrown.message, job.source));
    throw thrown;
  }
  try {
    await run.apply(undefined, ['check', job.source]);
  } catch (thrown) {
    if (isSyntaxError(thrown)) return refuse({ message: "Unexpected token '}': the script closes the function that it is the body of." });
    throw thrown;
  }
  return script.run(context, { reference: true });
}

function isSyntaxError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === 'SyntaxError';
}

type Outcome =
  | { kind: 'returned'; valueText: string; logs: LogMessage[] }
  | { kind: 'threw'; name: string; message: string; stack: string; logs: LogMessage[] };

function toReply(job: JobMessage, outcomeText: string): ReplyMessage {
  const outcome = JSON.parse(outcomeText) as Outcome;
  const { jobId } = job;
  if (outcome.kind === 'threw') {
    const { name, message, stack, logs } = outcome;
    return { kind: 'threw', jobId, name, message, ...locateThrown(stack), logs };
  }
  const refuse = (message: string): ReplyMessage => ({ kind: 'threw', jobId, name: 'TypeError', message, logs: outcome.logs });
  if (Buffer.byteLength(outcome.valueText) > job.outputBytes)
    return refuse(`The script returned more than ${job.outputBytes} bytes. Return less.`);
  if (jsonTextDepth(outcome.valueText, maximumValueDepth) > maximumValueDepth) {
    return refuse(`The script returned a value nested deeper than ${maximumValueDepth} levels. Return a flatter one.`);
  }
  return { kind: 'returned', jobId, valueText: outcome.valueText, logs: outcome.logs };
}

function toThrown(jobId: number, error: Error): ReplyMessage {
  return {
    kind: 'threw',
    jobId,
    name: error.name.slice(0, 4_096),
    message: error.message.slice(0, 4_096),
    ...locateThrown(error.stack ?? ''),
    logs: [],
  };
}

function send(reply: ReplyMessage): void {
  const frame = encodeFrame(JSON.stringify(reply));
  for (let sent = 0; sent < frame.length; ) sent += writeSync(repliesDescriptor, frame, sent);
}
