import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toCommandHash, toMcpCommand } from '#main/tools/mcp/server-config.ts';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState } from '#shared/run/state.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { createRandom } from '../support/random.ts';
import type { MortalHost } from './mortal-host.ts';
import { openTrialGround, type Planted, type Plot, type TrialGround } from './trial-ground.ts';
import { type Calm, countUnknown, expectCalmEnd, type Manner, openTrial, runCalmly } from './trials.ts';

/** So many trials must be hit; on a busy machine a call is now and then over before its blow falls, and then the next seed gets its turn. */
const hitsWanted = 6;
const mostTrials = 30;
/** Thirty trials of some 2 s on quiet cores; a busy machine takes several times that. */
const patienceMs = 900_000;
const manner: Manner = { death: 'afterEffects', writesAre: 'idempotent' };

let ground: TrialGround;
beforeAll(async () => {
  ground = await openTrialGround();
});
afterAll(() => ground.close());

it(
  'ends as if nothing had happened when the sandbox is killed at random, and now and then the host with it',
  async () => {
    const planted = await ground.plant('invoice-triage');
    const calm = await runCalmly(ground, planted, manner);
    const { hits, trials } = await killUntilHit((seed) => killChildren(planted, calm, 'run_code', seed), isHit);
    console.info(
      `invoice-triage: ${hits.length} of ${trials} trials hit, sandbox processes killed: ${hits.map(({ killed }) => killed).join(', ')}`,
    );
    expect(hits).toHaveLength(hitsWanted);
  },
  patienceMs,
);

it(
  'ends as if nothing had happened when an MCP server is killed in the middle of a call that must not be made twice',
  async () => {
    const planted = withMcp(await ground.plant('folder-brief'));
    const calm = await runCalmly(ground, planted, manner);
    expect(calm.effects).toHaveLength(1);
    // Only a call that was under way leaves somebody to ask.
    const { hits, trials } = await killUntilHit(
      (seed) => killChildren(planted, calm, 'ledger__post', seed),
      (blows) => isHit(blows) && blows.asked > 0,
    );
    console.info(
      `folder-brief with MCP: ${hits.length} of ${trials} trials hit, servers killed: ${hits.map(({ killed, asked }) => `${killed} (asked ${asked})`).join(', ')}`,
    );
    expect(hits).toHaveLength(hitsWanted);
  },
  patienceMs,
);

/** What became of the blows of one trial. */
interface Blows {
  readonly killed: number;
  readonly asked: number;
}

const isHit = ({ killed }: Blows): boolean => killed > 0;

/** Goes from seed to seed until enough trials were hit. Those that were not had to end well all the same, and prove nothing. */
async function killUntilHit(
  runTrial: (seed: number) => Promise<Blows>,
  isWhatWasWanted: (blows: Blows) => boolean,
): Promise<{ hits: readonly Blows[]; trials: number }> {
  const hits: Blows[] = [];
  let trials = 0;
  while (hits.length < hitsWanted && trials < mostTrials) {
    trials += 1;
    const blows = await runTrial(trials);
    if (isWhatWasWanted(blows)) hits.push(blows);
  }
  return { hits, trials };
}

/**
 * Kills what the host has started while it uses `tool`, a moment after the call began; with odd seeds the host dies somewhere too.
 * A blow that finds the call over, or nobody there, is not spent: the next call gets it.
 */
async function killChildren(planted: Planted, calm: Calm, tool: string, seed: number): Promise<Blows> {
  const random = createRandom(seed);
  const trial = openTrial(ground, planted, manner, calm.results);
  let state: RunState | undefined;
  let killed = 0;
  let blows = 1 + Math.floor(random() * 2);
  for (let lives = 1; state === undefined || !isFinal(state.status); lives += 1) {
    expect(lives).toBeLessThan(5);
    const isMortal = lives === 1 && seed % 2 === 1;
    const host = await trial.startHost(isMortal ? 1 + Math.floor(random() * calm.events.length) : null);
    const underWay = new Set<string>();
    const pending: Promise<void>[] = [];
    state = await host
      .driveToEnd({
        ...trial.drive,
        onEvent: (event) => {
          trial.drive.onEvent?.(event);
          if (event.type === 'toolCall.completed' || event.type === 'toolCall.failed') underWay.delete(event.data.frame);
          if (event.type !== 'toolCall.started' || event.data.tool !== tool) return;
          const { frame } = event.data;
          underWay.add(frame);
          if (blows === 0) return;
          blows -= 1;
          const blow = strike(host, random() * 60, () => underWay.has(frame)).then((count) => {
            killed += count;
            if (count === 0) blows += 1;
          });
          pending.push(blow);
        },
      })
      // The host is dead or the run is over: nothing is under way any more.
      .finally(() => underWay.clear());
    await Promise.all(pending);
    await host.kill();
  }
  expectCalmEnd(trial, state, calm, `with seed ${seed}`);
  const asked = countUnknown(trial);
  trial.plot.remove();
  return { killed, asked };
}

/** Waits until there is somebody to kill, and then a little; gives how many were killed while the call was still wanted. */
async function strike(host: MortalHost, delayMs: number, isWanted: () => boolean): Promise<number> {
  let killed = 0;
  while (isWanted() && host.descendants().length === 0) await pause(5);
  await pause(delayMs);
  if (!isWanted()) return 0;
  for (const pid of host.descendants()) {
    try {
      process.kill(pid, 'SIGKILL');
      killed += 1;
    } catch {
      // It went by itself.
    }
  }
  return killed;
}

/** The template with its last step done by an MCP server, which every plot has among its settings, with its command approved. */
function withMcp(planted: Planted): Planted {
  const path = join(planted.folder, planted.workflowPath);
  const document = parseWorkflowFile(readFileSync(path, 'utf8'));
  const nodes = document.nodes.map((node) =>
    node.id === 'write'
      ? { ...node, config: { tool: 'ledger__post', arguments: { text: '{{ save.approved }}' }, approval: 'never' } }
      : node,
  );
  writeFileSync(path, formatWorkflowFile({ ...document, nodes }));
  return { ...planted, furnish };
}

function furnish({ orders, home }: Plot): void {
  const program = join(import.meta.dirname, 'ledger-mcp.main.ts');
  const server = { id: 'ledger', command: process.execPath, args: [program, orders.ledger, orders.book], env: {}, secrets: {} };
  const command = toMcpCommand(server);
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ mcpServers: [server] }));
  writeFileSync(join(home, 'trust.json'), JSON.stringify({ version: 1, approved: { [toCommandHash(command)]: command } }));
}
