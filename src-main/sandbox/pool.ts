import type { Clock } from '#shared/base/clock.ts';
import { HeddleError } from '#shared/base/errors.ts';
import { type Confinement, probeConfinement, toChildCommand } from './child-command.ts';
import { type ChildFiles, prepareChildFiles } from './child-files.ts';
import { type SandboxChild, startSandboxChild } from './child-process.ts';
import { crashesBeforeRefusal, crashWindowMs, createCrashLedger, hashScript } from './crash-ledger.ts';
import { toValueAndLogs } from './outcome.ts';
import type { JobMessage } from './protocol.ts';
import { defaultSandboxLimits, type Sandbox, type SandboxJob, type SandboxLimits, type SandboxResult } from './sandbox.ts';

/** What a pool is made of. */
export interface SandboxPoolOptions {
  /** Scripts that may run at once. One more child waits, warm, so that the call after a killed child is quick. */
  readonly size: number;
  /** The child's program: the bundled `sandbox-child.js`, or `child.ts` where nothing is bundled. */
  readonly childFile: string;
  /** A plain Node 24, never Electron. */
  readonly nodeBinary: string;
  /** `auto` takes bubblewrap where it works. */
  readonly spawnWith?: 'auto' | 'plain';
}

/** A child is replaced after this many jobs, so that whatever leaks does not add up. */
const jobsPerChild = 50;
/** One start may fail because someone killed the child; as many as this in a row mean that the next would fail as well. */
const failedStartsBeforeRefusal = 3;
/** What the child may grow beyond the isolate's heap: V8's young generation, compiled code, the answer on its way out. */
const headroomBytes = 64 * 1024 * 1024;
/** isolated-vm refuses less. */
const smallestMemoryMb = 8;

interface Slot {
  readonly child: SandboxChild;
  state: 'starting' | 'idle' | 'busy' | 'ending';
  jobsDone: number;
}

interface Waiting {
  readonly job: Omit<JobMessage, 'jobId'>;
  readonly limits: SandboxLimits;
  readonly hash: string;
  readonly signal: AbortSignal;
  readonly resolve: (result: SandboxResult) => void;
  readonly reject: (error: unknown) => void;
  readonly leaveQueue: () => void;
  tries: number;
}

/**
 * A sandbox of disposable child processes, each running one script at a time in a fresh isolate. Nothing is started before the first script.
 * A child is used again only after a script ended by itself; anything else ends the child with SIGKILL.
 */
export function createSandboxPool(options: SandboxPoolOptions, clock: Clock): Sandbox {
  const ledger = createCrashLedger(clock);
  const slots = new Set<Slot>();
  const queue: Waiting[] = [];
  let prepared: Promise<void> | undefined;
  let files: ChildFiles | undefined;
  let confinement: Confinement = { kind: 'plain' };
  let nextJobId = 1;
  let failedStarts = 0;
  let isClosed = false;

  const count = (state: Slot['state']): number => [...slots].filter((slot) => slot.state === state).length;

  async function prepare(): Promise<void> {
    files = prepareChildFiles(options.childFile);
    if (options.spawnWith !== 'plain') confinement = await probeConfinement(options.nodeBinary, files);
  }

  function pump(): void {
    if (isClosed || !files) return;
    const isNeeded = queue.length > 0 || failedStarts === 0;
    const wanted = isNeeded ? Math.min(count('busy') + queue.length + 1, options.size + 1) : 0;
    for (let living = slots.size - count('ending'); living < wanted; living += 1) start(files);
    while (queue.length > 0 && count('busy') < options.size) {
      const slot = [...slots].find(({ state }) => state === 'idle');
      if (!slot) return;
      void dispatch(slot, takeFirst());
    }
  }

  function start(from: ChildFiles): void {
    const child = startSandboxChild(toChildCommand(confinement, options.nodeBinary, from), confinement, from.workingFolder, clock);
    const slot: Slot = { child, state: 'starting', jobsDone: 0 };
    slots.add(slot);
    void child.ready.then((isReady) => {
      failedStarts = isReady ? 0 : failedStarts + 1;
      if (isReady && slot.state === 'starting') slot.state = 'idle';
      if (!isReady) slot.state = 'ending';
      if (failedStarts < failedStartsBeforeRefusal) pump();
      else refuseQueue(unavailable(`the child process does not start: ${firstErrorLine(child.lastWords())}`));
    });
    void child.gone.then(() => slots.delete(slot));
  }

  async function dispatch(slot: Slot, waiting: Waiting): Promise<void> {
    slot.state = 'busy';
    const { job, limits, signal } = waiting;
    const startedAtMs = clock.monotonicMs();
    const abort = (): void => slot.child.kill();
    signal.addEventListener('abort', abort, { once: true });
    const jobId = nextJobId;
    nextJobId += 1;
    const outcome = await slot.child.run({ ...job, jobId }, limits.wallMs);
    signal.removeEventListener('abort', abort);
    slot.jobsDone += 1;
    if ((outcome.kind !== 'returned' && outcome.kind !== 'threw') || slot.jobsDone >= jobsPerChild) retire(slot);
    else slot.state = 'idle';
    if (outcome.kind === 'died') {
      if (outcome.isOwnDoing) ledger.record(waiting.hash);
      else if (tryAgain(waiting)) return;
    }
    try {
      if (isClosed && outcome.kind === 'killed') throw closed();
      waiting.resolve({ ...toValueAndLogs(outcome, limits), durationMs: clock.monotonicMs() - startedAtMs });
    } catch (refusal) {
      waiting.reject(refusal);
    }
    pump();
  }

  /**
   * A child killed by someone outside is no fault of its script, and a script has no effects that another try could double.
   * Whoever kills all children at once may have killed each of those that are still taken for living, and then one fresh one gets its chance.
   */
  function tryAgain(waiting: Waiting): boolean {
    if (waiting.tries >= options.size + 2 || waiting.signal.aborted || isClosed) return false;
    waiting.tries += 1;
    waiting.signal.addEventListener('abort', waiting.leaveQueue, { once: true });
    queue.unshift(waiting);
    pump();
    return true;
  }

  function retire(slot: Slot): void {
    slot.state = 'ending';
    slot.child.kill();
  }

  function refuseQueue(refusal: HeddleError): void {
    while (queue.length > 0) takeFirst().reject(refusal);
  }

  function takeFirst(): Waiting {
    const waiting = queue.shift() as Waiting;
    waiting.signal.removeEventListener('abort', waiting.leaveQueue);
    return waiting;
  }

  async function run(request: SandboxJob, signal: AbortSignal): Promise<SandboxResult> {
    if (isClosed) throw closed();
    if (signal.aborted) throw cancelled();
    const hash = hashScript(request.source);
    if (ledger.isRefused(hash)) throw refusedForCrashes(hash);
    const limits = { ...defaultSandboxLimits, ...request.limits };
    const job = toJob(request, limits);
    return new Promise((resolve, reject) => {
      const leaveQueue = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(cancelled());
      };
      const waiting: Waiting = { job, limits, hash, signal, resolve, reject, leaveQueue, tries: 1 };
      signal.addEventListener('abort', leaveQueue, { once: true });
      queue.push(waiting);
      prepared ??= prepare();
      prepared.then(pump, (error: unknown) => {
        prepared = undefined;
        refuseQueue(error instanceof HeddleError ? error : unavailable(String(error)));
      });
    });
  }

  return {
    run,
    status: () => ({
      children: slots.size,
      busy: count('busy'),
      queued: queue.length,
      crashes: ledger.counts(),
      bubblewrap: confinement.kind === 'bubblewrap',
      networkBlockedBy: confinement.kind === 'bubblewrap' ? 'namespace' : 'isolate',
    }),
    async close() {
      isClosed = true;
      refuseQueue(closed());
      await prepared?.catch(() => undefined);
      const ends = [...slots].map(({ child }) => child.gone);
      for (const slot of slots) retire(slot);
      await Promise.all(ends);
      files?.remove();
    },
  };
}

function toJob(request: SandboxJob, limits: SandboxLimits): Omit<JobMessage, 'jobId'> {
  const memoryMb = Math.max(smallestMemoryMb, limits.memoryMb);
  return {
    source: request.source,
    inputText: JSON.stringify(request.input),
    cpuMs: limits.cpuMs,
    memoryMb,
    residentGrowthBytes: memoryMb * 1024 * 1024 + headroomBytes,
    outputBytes: limits.outputBytes,
    logBytes: limits.logBytes,
  };
}

function refusedForCrashes(hash: string): HeddleError {
  const message = `This script crashed its process ${crashesBeforeRefusal} times within ${crashWindowMs / 60_000} minutes and is not started again for now. Change it, or try again later.`;
  return new HeddleError('sandbox.crashed', message, { details: { how: 'refused', scriptHash: hash } });
}

function unavailable(why: string): HeddleError {
  return new HeddleError(
    'sandbox.unavailable',
    `Scripts cannot run: ${why}. Check that Heddle is installed completely and runs on Node 24.`,
  );
}

/** The line that names the error; a crash of Node surrounds it with source and stack. */
function firstErrorLine(words: string): string {
  const lines = words.split('\n');
  return lines.find((line) => /error|ENOENT|EACCES/i.test(line)) ?? lines[0] ?? '';
}

function closed(): HeddleError {
  return new HeddleError('sandbox.unavailable', 'The sandbox is closed because the host is stopping.');
}

function cancelled(): HeddleError {
  return new HeddleError('run.cancelled', 'The script was not finished because its run was cancelled.');
}
