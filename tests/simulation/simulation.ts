import { isDeepStrictEqual } from 'node:util';
import { createMemoryDisk } from '#main/event-store/memory-event-store.ts';
import { executors } from '#main/executors/registry.ts';
import { createRuns } from '#main/runtime/create-runs.ts';
import { readRunEvents } from '#main/runtime/read-journal.ts';
import type { Runs } from '#main/runtime/runs.ts';
import { createArgumentChecker } from '#main/tools/check-arguments.ts';
import { type ErrorCode, HeddleError, toErrorInfo } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { OpenApproval } from '#shared/contract/runs.ts';
import type { EventEnvelope } from '#shared/events/envelope.ts';
import { type RunEvent, toRunStream } from '#shared/run/events.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { toOutcome, toRunSummary } from '#shared/run/summary.ts';
import { createTestCalls, createTestLanes } from '../support/outside-calls.ts';
import { replayEvents } from '../support/replay-events.ts';
import { commands, commonRefusals } from './commands.ts';
import { createDice } from './dice.ts';
import { findBrokenRule } from './journal-rules.ts';
import { createLedger } from './ledger.ts';
import { findBrokenEffect, listEffects } from './ledger-rules.ts';
import { createPeople } from './people.ts';
import { type Disturbance, type PlannedFork, type SimulationPlan, toModelMoods } from './plan.ts';
import { openSimulatedStore, type SimulatedStore } from './simulated-disk.ts';
import { createSimulatedModels, type SimulatedModels } from './simulated-models.ts';
import { createSimulatedTime, type MortalClock } from './simulated-time.ts';
import { createSimulatedTools, type SimulatedTools } from './simulated-tools.ts';

/** How a planned run ended. */
export interface RunEnding {
  readonly runId: string;
  readonly outcome: JsonValue;
  readonly status: RunState['status'];
  readonly effects: readonly string[];
}

export interface SimulationResult {
  /** The first promise that was broken, in words; null when all were kept. */
  readonly breach: string | null;
  readonly endings: readonly (RunEnding | undefined)[];
  /** Steps with a host at work. */
  readonly liveSteps: number;
  readonly elapsedMs: number;
  /** How often what went wrong or was commanded. */
  readonly counts: Readonly<Record<string, number>>;
  /** How often each type of event stands in the journals. */
  readonly events: Readonly<Record<string, number>>;
  readonly trace: readonly string[];
}

interface Host {
  readonly number: number;
  readonly clock: MortalClock;
  readonly store: SimulatedStore;
  readonly runs: Runs;
  readonly tools: SimulatedTools;
  readonly models: SimulatedModels;
}

/** More than any honest simulation takes. */
const mostSteps = 20_000;
const checkJson = createArgumentChecker();

/** Runs a plan to its end, or to the first broken promise. Nothing of the machine's own time, chance or order gets in. */
export async function simulate(plan: SimulationPlan): Promise<SimulationResult> {
  const { seed } = plan;
  const time = createSimulatedTime(seed);
  const operator = time.createClock();
  const disk = createMemoryDisk();
  const ledger = createLedger();
  const counts = new Map<string, number>();
  const trace: string[] = [];
  const runIds: (string | undefined)[] = plan.runs.map(() => undefined);
  const forks = plan.forks ?? [];
  const forkIds: (string | undefined)[] = forks.map(() => undefined);
  const journals = new Map<string, RunEvent[]>();
  const intents = new Map<string, number>();
  const ended = new Set<string>();
  const seenQuestions = new Set<string>();
  const timesAsked = new Map<string, number>();
  const beingResumed = new Set<string>();
  const disturbances = [...plan.disturbances];
  const people = createPeople(seed, plan.profile === 'chaos', ledger, (runId) => journals.get(runId) ?? []);
  let breach: string | null = null;
  let host: Host | undefined;
  let hosts = 0;
  let runNumber = 0;
  let callsAtWork = 0;
  let liveSteps = 0;
  let stepsSinceDisturbance = 0;
  let isDiskBroken = false;

  function note(text: string): void {
    trace.push(`${String(time.steps).padStart(5)} ${(time.elapsedMs / 1000).toFixed(3).padStart(10)}s  ${text}`);
  }

  function count(what: string): void {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }

  function fail(text: string): void {
    if (breach !== null) return;
    breach = text;
    note(`BREACH ${text}`);
  }

  function boot(): void {
    const number = ++hosts;
    const clock = time.createClock();
    callsAtWork = 0;
    seenQuestions.clear();
    beingResumed.clear();
    isDiskBroken = false;
    const store = openSimulatedStore(disk, clock, time, createDice(seed, `disk ${number}`), onWritten);
    const onEnd = () => {
      callsAtWork -= 1;
    };
    const tools = createSimulatedTools(seed, number, clock, () => time.steps, ledger, {
      onEntry: (tool, effect, key) => onEntry(number, `${tool} (${effect})`, key, effect === 'neither' ? ledger.countCalls(key) + 1 : 1),
      onEnd,
      onFault: (kind) => count(`tool fault ${kind}`),
    });
    const models = createSimulatedModels(
      seed,
      clock,
      { moods: toModelMoods(plan) },
      {
        onEntry: (key) => onEntry(number, 'model', key, 1),
        onEnd,
        onFault: (kind) => count(`provider fault ${kind}`),
      },
    );
    const runs = createRuns({
      store,
      executors,
      checkJson: (schema, value) => checkJson(schema, value as JsonObject),
      newRunId: () => `run-${++runNumber}`,
      onProblem: (message) => note(`problem: ${message}`),
      world: {
        clock,
        random: createDice(seed, `chance ${number}`).next,
        models,
        toolbox: tools,
        // What a breaker has seen dies with its host, so with one a crash may well change what a run comes to.
        calls: createTestCalls(clock, plan.maxParallelCalls, plan.profile === 'chaos'),
        lanes: createTestLanes(clock, toLanes(plan)),
      },
    });
    host = { number, clock, store, runs, tools, models };
    note(`host ${number} is up`);
    if (number > 1) recover(runs);
    requestStarts();
  }

  function recover(runs: Runs): void {
    runs.recover().then(
      ({ refused }) => {
        const [first] = refused;
        if (first !== undefined) fail(`recovery refused ${first.runId}: ${first.reason}`);
      },
      (thrown: unknown) => fail(`recovery threw: ${toWords(thrown)}`),
    );
  }

  /** Whoever wanted a run started looks whether it was, and asks again when not. */
  function requestStarts(): void {
    plan.runs.forEach((_, index) => {
      if (runIds[index] === undefined) operator.schedule(Math.max(0, startTime(index) - time.elapsedMs), () => start(index));
    });
  }

  function startTime(index: number): number {
    return plan.runs[index]?.startAtMs ?? 0;
  }

  function start(index: number): void {
    const planned = plan.runs[index];
    const { runs, number } = host ?? {};
    runIds[index] ??= findStarted(index);
    if (runs === undefined || planned === undefined || runIds[index] !== undefined || beingResumed.has(`start ${index}`)) return;
    beingResumed.add(`start ${index}`);
    const { document, inputs, approvalMode, subworkflows, budgetUsd } = planned;
    const request = {
      document,
      workflowPath: null,
      inputs,
      approvalMode,
      modelOverride: null,
      startedBy: 'test',
      subworkflows,
      budgetUsd,
    } as const;
    runs.start(request).then(
      ({ runId }) => {
        runIds[index] = runId;
        if (!journals.has(runId)) fail(`${runId} was said to be started before that was durable`);
      },
      (thrown: unknown) => {
        beingResumed.delete(`start ${index}`);
        if (host?.number !== number) return;
        if (!isRefusal(thrown, ['journal.writeFailed', 'journal.stopped']))
          fail(`the start of run ${index} was refused: ${toWords(thrown)}`);
        else if (isDiskBroken) crash(1000);
        else operator.schedule(5000, () => start(index));
      },
    );
  }

  function findStarted(index: number): string | undefined {
    for (const [runId, [first]] of journals) {
      if (first?.type !== 'run.started' || first.data.forkedFrom !== null) continue;
      if (first.data.workflow.name === plan.runs[index]?.document.name) return runId;
    }
    return undefined;
  }

  /** Whoever wanted a run forked does so when it has ended, and again when that came to nothing. */
  function startForks(runs: Runs): void {
    forks.forEach((fork, index) => {
      const origin = runIds[fork.run];
      forkIds[index] ??= findFork(index);
      if (origin === undefined || forkIds[index] !== undefined || seenQuestions.has(`fork ${index}`)) return;
      if (!isFinal(runs.summary(origin).status)) return;
      seenQuestions.add(`fork ${index}`);
      operator.schedule(createDice(seed, `fork ${index}`).int(0, 5000), () => startFork(fork, index, origin));
    });
  }

  function startFork({ share, reuse }: PlannedFork, index: number, origin: string): void {
    if (host === undefined) return;
    forkIds[index] ??= findFork(index);
    if (forkIds[index] !== undefined || !seenQuestions.has(`fork ${index}`)) return;
    const { number, runs } = host;
    const atSeq = Math.max(1, Math.round(share * runs.summary(origin).lastSeq));
    note(`${origin} is forked at event ${atSeq}, reusing what is ${reuse}`);
    count(`fork ${reuse}`);
    runs.fork({ runId: origin, atSeq, edits: [], reuse, startedBy: 'test' }).then(
      ({ runId }) => {
        forkIds[index] = runId;
      },
      (thrown: unknown) => {
        if (host?.number !== number) return;
        if (!isRefusal(thrown, ['journal.writeFailed', 'journal.stopped'])) fail(`forking ${origin} was refused: ${toWords(thrown)}`);
        else if (isDiskBroken) crash(1000);
        else operator.schedule(5000, () => void seenQuestions.delete(`fork ${index}`));
      },
    );
  }

  /** A run is forked once at most in a plan. */
  function findFork(index: number): string | undefined {
    const origin = runIds[forks[index]?.run ?? -1];
    for (const [runId, [first]] of journals) {
      if (first?.type === 'run.started' && first.data.forkedFrom?.runId === origin && origin !== undefined) return runId;
    }
    return undefined;
  }

  /** The host is gone in the middle of whatever it did. */
  function crash(downMs: number): void {
    if (host === undefined) return;
    note(`host ${host.number} crashes`);
    host.clock.kill();
    host.tools.die();
    host.models.die();
    host = undefined;
    checkJournals();
    operator.schedule(downMs, boot);
  }

  async function restart(downMs: number): Promise<void> {
    if (host === undefined) return;
    const { number, runs, store, clock, tools, models } = host;
    note(`host ${number} stops in order`);
    let isClosed = false;
    void runs
      .close()
      .then(() => store.close())
      .then(() => {
        isClosed = true;
      });
    await time.settle();
    // What it is writing still takes its time; nothing else may keep it.
    for (const until = time.elapsedMs + 1000; !isClosed && time.elapsedMs <= until; ) if (!(await time.step())) break;
    for (let rounds = 0; rounds < 4 && !isClosed; rounds += 1) await time.settle();
    if (!isClosed) fail(`host ${number} does not stop when told`);
    clock.kill();
    tools.die();
    models.die();
    host = undefined;
    checkJournals();
    operator.schedule(downMs, boot);
  }

  /** Facts that are on disk now. From here on they may never be gone or different. */
  function onWritten(events: readonly EventEnvelope[]): void {
    for (const envelope of events) {
      const runId = envelope.stream.slice(toRunStream('').length);
      const event = JSON.parse(JSON.stringify(envelope)) as RunEvent;
      const journal = journals.get(runId) ?? [];
      journals.set(runId, journal);
      if (event.seq !== journal.length + 1) fail(`${runId}: event ${event.seq} was written after event ${journal.length}`);
      journal.push(event);
      note(`${runId} ${event.seq} ${event.type} ${toPlace(event)}`);
      if (event.type === 'toolCall.started' || event.type === 'modelCall.started') {
        intents.set(event.data.idempotencyKey, (intents.get(event.data.idempotencyKey) ?? 0) + 1);
      }
      if (
        event.type === 'run.cancelRequested' ||
        event.type === 'run.succeeded' ||
        event.type === 'run.failed' ||
        event.type === 'run.cancelled'
      ) {
        ended.add(runId);
      }
    }
  }

  function onEntry(number: number, what: string, key: string, calls: number): void {
    note(`${what} enters, ${key}`);
    callsAtWork += 1;
    if (host?.number !== number) fail(`${what} was called by host ${number}, which is dead`);
    if ((intents.get(key) ?? 0) < calls)
      fail(`${what} was called under ${key} ${calls} times, with ${intents.get(key) ?? 0} intents on disk`);
    if (callsAtWork > plan.maxParallelCalls) fail(`${callsAtWork} calls are at work, of ${plan.maxParallelCalls} that may be`);
    // What undoes goes on while its run is being cancelled.
    if (ended.has(key.slice(0, key.indexOf(':'))) && !key.includes('undo_'))
      fail(`${what} was called under ${key} after the run was to stop`);
  }

  /** People look at what is asked, faults are seen to, and what was planned for this moment happens. */
  async function live(): Promise<void> {
    if (host === undefined) return;
    liveSteps += 1;
    stepsSinceDisturbance += 1;
    const [next] = disturbances;
    if (next !== undefined && stepsSinceDisturbance > next.afterSteps) {
      disturbances.shift();
      stepsSinceDisturbance = 0;
      await disturb(next);
    }
    if (host === undefined) return;
    startForks(host.runs);
    for (const approval of host.runs.openApprovals()) lookAt(approval);
    for (const { runId, status, error } of host.runs.summaries()) {
      if (isFinal(status)) continue;
      if (error !== null) seeTo(runId);
      else attend(runId, host.runs.state(runId));
    }
  }

  async function disturb(disturbance: Disturbance): Promise<void> {
    count(
      disturbance.type === 'command'
        ? `command ${disturbance.command}`
        : disturbance.type === 'disk'
          ? `disk ${disturbance.fault}`
          : disturbance.type,
    );
    const downMs = createDice(seed, `down ${hosts}`).int(0, 40) ** 3;
    switch (disturbance.type) {
      case 'crash':
        crash(downMs);
        return;
      case 'restart':
        await restart(downMs);
        return;
      case 'disk':
        note(`the next write fails: ${disturbance.fault}`);
        host?.store.failNextWrite(disturbance.fault);
        isDiskBroken = disturbance.fault === 'io';
        return;
      case 'command':
        perform(disturbance.command, disturbance.run);
    }
  }

  function perform(name: string, index: number): void {
    const command = commands[name];
    const runId = runIds[index];
    if (command === undefined || host === undefined || runId === undefined) return;
    note(`command ${name} on ${runId}`);
    const { runs, number } = host;
    const dice = createDice(seed, `command ${name} ${time.steps}`);
    command.perform({ runs, runId, dice, answer: (approval) => people.answer(approval, 2) }).then(
      (wrong) => {
        if (wrong !== undefined) fail(`${name}: ${wrong}`);
      },
      (thrown: unknown) => {
        if (host?.number === number && !isRefusal(thrown, [...commonRefusals, ...command.mayMeet])) fail(`${name} met ${toWords(thrown)}`);
      },
    );
  }

  function lookAt(approval: OpenApproval): void {
    const question = `${approval.runId} ${approval.approvalId}`;
    if (seenQuestions.has(question)) return;
    seenQuestions.add(question);
    const again = () => void seenQuestions.delete(question);
    operator.schedule(people.thinkMs(approval), () => {
      if (host === undefined) return;
      const { number, runs } = host;
      const asked = (timesAsked.get(question) ?? 0) + 1;
      const answer = people.answer(approval, asked);
      note(`${approval.runId} ${approval.approvalId} is answered: ${JSON.stringify(answer)}`);
      count(`answer ${answer.type}`);
      runs.decide(approval.runId, approval.approvalId, answer, 'somebody').catch((thrown: unknown) => {
        if (host?.number !== number) return;
        if (isRefusal(thrown, ['approval.editInvalid'])) timesAsked.set(question, asked);
        else if (!isRefusal(thrown, [...commonRefusals, 'approval.alreadyDecided', 'approval.notFound']))
          fail(`an answer met ${toWords(thrown)}`);
        again();
      });
    });
  }

  /** A fault stopped a run: somebody makes room and takes it up again, or starts the host anew when the disk is gone for good. */
  function seeTo(runId: string): void {
    if (beingResumed.has(runId)) return;
    beingResumed.add(runId);
    const waitMs = createDice(seed, `fault ${runId} ${time.steps}`).int(0, 30_000);
    const { number } = host ?? {};
    operator.schedule(waitMs, () => {
      if (host === undefined || host.number !== number) return;
      if (host.store.stopReason(toRunStream('any')) !== undefined || isDiskBroken) {
        crash(1000);
        return;
      }
      note(`${runId} is taken up again`);
      count('resume after a fault');
      host.runs.resume(runId).then(
        () => void beingResumed.delete(runId),
        (thrown: unknown) => {
          beingResumed.delete(runId);
          if (!isRefusal(thrown, commonRefusals)) fail(`resuming met ${toWords(thrown)}`);
        },
      );
    });
  }

  /** Somebody sends the signals that are waited for, and lets a run go on that was interrupted, with money when it has none left. */
  function attend(runId: string, state: RunState): void {
    for (const { frame, name } of state.openSignalWaits) {
      once(`${runId} signal ${frame}`, people.signalMs(frame), (runs) => runs.signal(runId, name, { for: name }, 'somebody'));
    }
    if (state.interrupt === null) return;
    once(`${runId} continue ${state.lastSeq}`, people.signalMs(`${runId} ${state.lastSeq}`), async (runs) => {
      await runs.continue(runId, 'somebody').catch(async (thrown: unknown) => {
        if (!isRefusal(thrown, ['run.overBudget'])) throw thrown;
        await runs.steer(runId, [{ type: 'budget', budgetUsd: null }], 'somebody');
        await runs.continue(runId, 'somebody');
      });
    });
  }

  /** One thing that somebody does while this host lives; what is refused because it is no longer needed was done by another. */
  function once(what: string, waitMs: number, act: (runs: Runs) => Promise<void>): void {
    if (seenQuestions.has(what)) return;
    seenQuestions.add(what);
    operator.schedule(waitMs, () => {
      if (host === undefined) return;
      const { number, runs } = host;
      note(`somebody: ${what}`);
      // Whether it helped, the next look will say: a signal may have gone to another wait for the same name.
      act(runs).then(
        () => void seenQuestions.delete(what),
        (thrown: unknown) => {
          if (host?.number !== number) return;
          if (!isRefusal(thrown, [...commonRefusals, 'run.notInterrupted'])) fail(`${what} met ${toWords(thrown)}`);
          seenQuestions.delete(what);
        },
      );
    });
  }

  function checkJournals(): void {
    for (const [runId, journal] of journals) {
      const broken = findBrokenRule(journal);
      if (broken !== undefined) fail(`${runId}: ${broken}`);
      try {
        foldRun(journal);
      } catch (thrown) {
        fail(`${runId}: its journal does not fold: ${toWords(thrown)}`);
      }
    }
  }

  /** Nothing is scheduled any more: every run must have ended, and everything must agree about how. */
  async function checkEnds(): Promise<readonly (RunEnding | undefined)[]> {
    if (host === undefined) {
      fail('the host never came back');
      return [];
    }
    const { runs, store } = host;
    if (!store.isIdle) fail('something waits to be written, but the disk does nothing');
    checkJournals();
    const endings = plan.runs.map((_, index) => {
      runIds[index] ??= findStarted(index);
      const runId = runIds[index];
      if (runId === undefined) {
        fail(`run ${index} never started`);
        return undefined;
      }
      return checkEnd(runs, store, runId);
    });
    forks.forEach((fork, index) => {
      const runId = forkIds[index] ?? findFork(index);
      if (runId === undefined) fail(`run ${fork.run} was never forked`);
      else checkFork(fork, endings[fork.run], checkEnd(runs, store, runId));
    });
    await checkQuiet(runs, store);
    await checkReplays();
    return endings;
  }

  function checkEnd(runs: Runs, store: SimulatedStore, runId: string): RunEnding | undefined {
    const state = runs.state(runId);
    if (!isFinal(state.status)) {
      fail(`${runId} is stuck: it is ${state.status}${toStory(journals.get(runId) ?? [])}, and nothing and nobody will ever move it`);
      return undefined;
    }
    const journal = journals.get(runId) ?? [];
    const stored = [...readRunEvents(store, runId)];
    if (!isDeepStrictEqual(stored, journal)) fail(`${runId}: the journal is not what was written`);
    if (!isDeepStrictEqual(foldRun(journal), state)) fail(`${runId}: its state is not the fold of its journal`);
    if (!isDeepStrictEqual(runs.summary(runId), toRunSummary(state))) fail(`${runId}: its summary says something else than its state`);
    if (state.openApprovals !== 0) fail(`${runId} has ended, but asks somebody`);
    const broken = findBrokenEffect(runId, journal, ledger);
    if (broken !== undefined) fail(`${runId}: ${broken}`);
    return { runId, status: state.status, outcome: toOutcome(state), effects: listEffects(runId, ledger) };
  }

  /** Where everything goes by content, a run that nobody changed comes to what its origin came to. */
  function checkFork({ reuse }: PlannedFork, origin: RunEnding | undefined, fork: RunEnding | undefined): void {
    if (plan.profile !== 'crashes' || origin?.status !== 'succeeded' || fork === undefined) return;
    if (!isDeepStrictEqual(fork.outcome, origin.outcome))
      fail(`${fork.runId} came to ${JSON.stringify(fork.outcome)}, but was forked from ${JSON.stringify(origin.outcome)}`);
    const again = journals.get(fork.runId)?.find(({ type }) => type === 'modelCall.completed');
    if (reuse === 'unaffected' && again !== undefined) fail(`${fork.runId} asks a model again at ${again.seq}, though nothing was changed`);
  }

  /** What a run did can be told again from its journal alone, and comes out the same. */
  async function checkReplays(): Promise<void> {
    for (const [runId, journal] of journals) {
      if (breach !== null) return;
      const { divergences, unreached, outcome } = await replayEvents(journal);
      const [first] = divergences;
      if (first !== undefined)
        fail(`${runId} is replayed otherwise (${first.class} at ${first.frame}, event ${first.seq}): ${first.message}`);
      else if (unreached.length > 0) fail(`${runId} is replayed without ${unreached.join(', ')}`);
      else if (outcome !== foldRun(journal)?.status) fail(`${runId} is replayed to another end: ${outcome}`);
    }
  }

  /** Whoever waits for the runs to settle is told, and a host that comes after finds nothing to do. */
  async function checkQuiet(runs: Runs, store: SimulatedStore): Promise<void> {
    let settled = 0;
    for (const { runId } of runs.summaries()) {
      void runs.settled(runId, new AbortController().signal).then(() => {
        settled += 1;
      });
    }
    await time.settle();
    if (settled !== journals.size) fail(`${journals.size} runs have ended, but ${settled} are known to have`);
    await store.close();
    const clock = time.createClock();
    const next = openSimulatedStore(disk, clock, time, createDice(seed, 'last'), () => fail('a host wrote to runs that had ended'));
    const last = createRuns({
      store: next,
      executors,
      checkJson: () => undefined,
      newRunId: () => 'none',
      onProblem: () => undefined,
      world: {
        clock,
        models: { call: () => Promise.reject(new Error('Nothing is left to ask')) },
        toolbox: { list: () => [], find: () => Promise.reject(new Error('Nothing is left to do')), checkArguments: () => undefined },
        random: () => 0,
        calls: createTestCalls(clock, 1),
        lanes: createTestLanes(clock),
      },
    });
    const recovered = await last.recover();
    if (recovered.resumed.length > 0 || recovered.refused.length > 0) fail(`a later host takes up ${JSON.stringify(recovered)}`);
    clock.kill();
  }

  operator.schedule(0, boot);
  let endings: readonly (RunEnding | undefined)[] = [];
  for (;;) {
    const hasMoved = await time.step();
    if (breach !== null) break;
    if (!hasMoved) {
      endings = await checkEnds();
      break;
    }
    await live();
    if (time.steps > mostSteps) fail(`after ${mostSteps} steps it is still going on`);
  }
  const events: Record<string, number> = {};
  for (const journal of journals.values()) for (const { type } of journal) events[type] = (events[type] ?? 0) + 1;
  return { breach, endings, liveSteps, elapsedMs: time.elapsedMs, counts: Object.fromEntries(counts), events, trace };
}

function toLanes({ scheduling }: SimulationPlan): Parameters<typeof createTestLanes>[1] {
  if (scheduling === undefined) return {};
  const { workers, quota, maxDepth, whenFull } = scheduling;
  return {
    workers: { min: 1, max: workers },
    lanes: [
      { name: 'default', quota, maxDepth, whenFull },
      { name: 'side', priority: 1, quota: 1 },
    ],
  };
}

function isRefusal(thrown: unknown, codes: readonly ErrorCode[]): boolean {
  return thrown instanceof HeddleError && codes.includes(thrown.code);
}

function toWords(thrown: unknown): string {
  const { code, message } = toErrorInfo(thrown);
  return thrown instanceof HeddleError ? `${code}: ${message}` : `${message}\n${thrown instanceof Error ? (thrown.stack ?? '') : ''}`;
}

/** Where an event belongs, for the trace. */
function toPlace({ data }: RunEvent): string {
  const { frame, node, approvalId, scope } = data as { frame?: string; node?: string; approvalId?: string; scope?: string };
  return frame ?? approvalId ?? node ?? scope ?? '';
}

/** What happened to a run that may have to do with why it is stuck. */
function toStory(events: readonly RunEvent[]): string {
  const undone = new Set(events.flatMap((event) => (event.type === 'saga.completed' ? [event.data.scope] : [])));
  const isUndoing = events.some((event) => event.type === 'saga.started' && event.data.scope !== '' && !undone.has(event.data.scope));
  const hasDropped = events.some((event) => event.type === 'run.interruptRequested' && event.data.mode === 'abandon');
  const control = events.findLast(({ type }) =>
    /^run\.(resumed|continued|cancelRequested|interruptRequested|compensationRequested|steered)$/.test(type),
  );
  return [
    control === undefined ? '' : ` since ${control.type}`,
    isUndoing ? ' while a scope is being undone' : '',
    hasDropped ? ' after an interrupt that drops calls' : '',
  ].join('');
}
