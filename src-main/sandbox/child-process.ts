import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '#shared/base/clock.ts';
import { bubblewrapInfoDescriptor, type Command, type Confinement } from './child-command.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import { readProcessUsage } from './process-usage.ts';
import type { JobMessage, ReplyMessage } from './protocol.ts';
import { replySchema } from './reply-schema.ts';

/** How a job on a child ended, as far as the child and its watchdog can tell. */
export type ChildOutcome =
  | Exclude<ReplyMessage, { kind: 'ready' }>
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'killed' }
  /** The process ended by itself or broke the protocol. `isOwnDoing` is false when someone outside killed it. */
  | { readonly kind: 'died'; readonly how: string; readonly isOutOfMemory: boolean; readonly isOwnDoing: boolean };

/** One child process, from its start to its end. */
export interface SandboxChild {
  /** Resolves true when the child can take a job, false when it ended before. */
  readonly ready: Promise<boolean>;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  /** What the child last wrote to standard error, for a message about why it does not start. */
  lastWords(): string;
  /** Runs one job, at most one at a time. Never rejects. After anything but `returned` and `threw` the child is dead or dying. */
  run(job: JobMessage, wallMs: number): Promise<ChildOutcome>;
  kill(): void;
}

const watchEveryMs = 25;
const startWithinMs = 10_000;
/** Before any job a child only says that it is ready. */
const idleFrameBytes = 1_024;

/** Starts a child and watches it from outside: wall clock, processor time and memory, each ending in SIGKILL. */
export function startSandboxChild(command: Command, confinement: Confinement, workingFolder: string, clock: Clock): SandboxChild {
  const process_ = spawn(command.file, command.args, {
    cwd: workingFolder,
    env: emptyEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', confinement.kind === 'bubblewrap' ? 'pipe' : 'ignore'],
    windowsHide: true,
  });
  let lastWords = '';
  let frameLimit = idleFrameBytes;
  let innerPid: number | undefined = confinement.kind === 'plain' ? process_.pid : undefined;
  let settle: ((outcome: ChildOutcome) => void) | undefined;
  let runningJobId: number | undefined;
  let endReadyWait: (isReady: boolean) => void = () => undefined;
  let isReady = false;
  let isGone = false;
  let isKillWanted = false;

  const ready = new Promise<boolean>((resolve) => {
    const cancelTimer = clock.schedule(startWithinMs, () => kill());
    endReadyWait = (value) => {
      cancelTimer();
      resolve(value);
    };
  });

  function kill(): void {
    if (isGone) return;
    isKillWanted = true;
    // Under bubblewrap the child alone is killed, by the id that bubblewrap tells before it lets the child go on: bubblewrap then reaps it
    // and ends. Were bubblewrap killed instead, it would leave a zombie, and in its first moments a child that waits for it for ever.
    if (innerPid !== undefined) killQuietly(innerPid);
  }

  function end(outcome: ChildOutcome): void {
    settle?.(outcome);
  }

  function breakProtocol(how: string): void {
    end({ kind: 'died', how, isOutOfMemory: false, isOwnDoing: true });
    kill();
  }

  function onFrame(text: string): void {
    const reply = parseReply(text);
    if (reply?.kind === 'ready' && !isReady) {
      isReady = true;
      endReadyWait(true);
    } else if (reply && reply.kind !== 'ready' && reply.jobId === runningJobId) end(reply);
    else breakProtocol('it answered with something that is not an answer');
  }

  const gone = new Promise<void>((resolve) => {
    const finish = (how: string, code: number | null, signal: NodeJS.Signals | null): void => {
      if (isGone) return;
      isGone = true;
      // Bubblewrap reports a child killed by signal n as exit code 128 + n.
      const isKilledFromOutside = signal === 'SIGKILL' || code === 128 + 9;
      end({ kind: 'died', how, isOutOfMemory: outOfMemoryWords.test(lastWords), isOwnDoing: !isKilledFromOutside });
      endReadyWait(false);
      resolve();
    };
    process_.on('error', (error) => {
      lastWords += error.message;
      if (process_.pid === undefined) finish(error.message, null, null);
    });
    process_.on('close', (code, signal) => finish(signal ?? `exit code ${code}`, code, signal));
  });

  readFrames(
    process_.stdio[3],
    createFrameReader(
      () => frameLimit,
      onFrame,
      (bytes) => breakProtocol(`it sent a message of ${bytes} bytes`),
    ),
  );
  readFrames(process_.stderr, (chunk) => {
    lastWords = (lastWords + chunk.toString('utf8')).slice(-4_096);
  });
  if (confinement.kind === 'bubblewrap') {
    readFrames(process_.stdio[bubblewrapInfoDescriptor], (chunk) => {
      innerPid = Number(/"child-pid": (\d+)/.exec(chunk.toString('utf8'))?.[1]) || innerPid;
      if (isKillWanted) kill();
    });
  }
  // Writing to a child that is just dying fails; its end is reported by 'close'.
  process_.stdin?.on('error', () => undefined);

  function run(job: JobMessage, wallMs: number): Promise<ChildOutcome> {
    return new Promise((resolve) => {
      frameLimit = largestReplyBytes(job);
      runningJobId = job.jobId;
      const stopWatching = watch(job, wallMs);
      settle = (outcome) => {
        settle = undefined;
        runningJobId = undefined;
        frameLimit = idleFrameBytes;
        stopWatching();
        if (outcome.kind !== 'returned' && outcome.kind !== 'threw') kill();
        resolve(outcome);
      };
      if (isGone) settle({ kind: 'died', how: 'it was already gone', isOutOfMemory: false, isOwnDoing: false });
      else process_.stdin?.write(encodeFrame(JSON.stringify(job)));
    });
  }

  function watch(job: JobMessage, wallMs: number): () => void {
    const atStart = innerPid === undefined ? undefined : readProcessUsage(innerPid);
    let cancelLook = clock.schedule(watchEveryMs, look);
    const cancelWall = clock.schedule(wallMs, () => end({ kind: 'timedOut' }));
    function look(): void {
      const now = innerPid === undefined ? undefined : readProcessUsage(innerPid);
      if (now && atStart && now.cpuMs - atStart.cpuMs > job.cpuMs) end({ kind: 'exceeded', jobId: job.jobId, limit: 'cpu' });
      else if (now && atStart && now.residentBytes - atStart.residentBytes > job.residentGrowthBytes)
        end({ kind: 'exceeded', jobId: job.jobId, limit: 'memory' });
      else cancelLook = clock.schedule(watchEveryMs, look);
    }
    return () => {
      cancelLook();
      cancelWall();
    };
  }

  return {
    ready,
    gone,
    lastWords: () => lastWords.trim(),
    run,
    kill: () => {
      end({ kind: 'killed' });
      kill();
    },
  };
}

/** V8 and isolated-vm die of memory in several ways and with one vocabulary. */
const outOfMemoryWords = /out of memory|allocation failed|invalid (?:size|array length|table size)|OOM/i;

/** The value may double when its quotes are escaped, log text may grow sixfold; the rest is names and numbers. */
function largestReplyBytes(job: JobMessage): number {
  return 2 * job.outputBytes + 6 * job.logBytes + 64 * 1024;
}

function parseReply(text: string): ReplyMessage | undefined {
  try {
    return replySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function readFrames(stream: ChildProcess['stdio'][number] | undefined, onChunk: (chunk: Buffer) => void): void {
  if (!stream) return;
  stream.on('error', () => undefined);
  (stream as Readable).on('data', onChunk);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

/** Nothing, except what Windows needs to start any process. */
function emptyEnvironment(): Record<string, string> {
  const systemRoot = process.env.SystemRoot;
  return process.platform === 'win32' && systemRoot ? { SystemRoot: systemRoot } : {};
}
