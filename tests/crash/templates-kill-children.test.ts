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

const seeds = [1, 2, 3, 4, 5, 6];
const manner: Manner = { death: 'afterEffects', writesAre: 'idempotent' };

let ground: TrialGround;
beforeAll(async () => {
  ground = await openTrialGround();
});
afterAll(() => ground.close());

it('ends as if nothing had happened when the sandbox is killed at random, and now and then the host with it', async () => {
  const planted = await ground.plant('invoice-triage');
  const calm = await runCalmly(ground, planted, manner);
  const kills = [];
  for (const seed of seeds) kills.push(await killChildren(planted, calm, 'run_code', seed));
  console.info(`invoice-triage: sandbox processes killed by seed: ${kills.map(({ killed }) => killed).join(', ')}`);
  for (const { killed } of kills) expect(killed).toBeGreaterThan(0);
});

it('ends as if nothing had happened when an MCP server is killed in the middle of a call that must not be made twice', async () => {
  const planted = withMcp(await ground.plant('folder-brief'));
  const calm = await runCalmly(ground, planted, manner);
  expect(calm.effects).toHaveLength(1);
  const kills = [];
  for (const seed of seeds) kills.push(await killChildren(planted, calm, 'ledger__post', seed));
  console.info(
    `folder-brief with MCP: servers killed by seed: ${kills.map(({ killed, asked }) => `${killed} (asked ${asked})`).join(', ')}`,
  );
  for (const { killed } of kills) expect(killed).toBeGreaterThan(0);
  expect(kills.reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(0);
});

/** Kills what the host has started while it uses `tool`, a moment after the call began; with odd seeds the host dies somewhere too. */
async function killChildren(planted: Planted, calm: Calm, tool: string, seed: number): Promise<{ killed: number; asked: number }> {
  const random = createRandom(seed);
  const trial = openTrial(ground, planted, manner, calm.results);
  let state: RunState | undefined;
  let killed = 0;
  let blows = 1 + Math.floor(random() * 2);
  for (let lives = 1; state === undefined || !isFinal(state.status); lives += 1) {
    expect(lives).toBeLessThan(5);
    const isMortal = lives === 1 && seed % 2 === 1;
    const host = await trial.startHost(isMortal ? 1 + Math.floor(random() * calm.events.length) : null);
    const pending: Promise<void>[] = [];
    state = await host.driveToEnd({
      ...trial.drive,
      onEvent: (event) => {
        trial.drive.onEvent?.(event);
        if (event.type !== 'toolCall.started' || event.data.tool !== tool || blows === 0) return;
        blows -= 1;
        const blow = strike(host, random() * 60).then((count) => {
          killed += count;
        });
        pending.push(blow);
      },
    });
    await Promise.all(pending);
    await host.kill();
  }
  expectCalmEnd(trial, state, calm, `with seed ${seed}`);
  const asked = countUnknown(trial);
  trial.plot.remove();
  return { killed, asked };
}

/** Waits until there is somebody to kill, and then a little. */
async function strike(host: MortalHost, delayMs: number): Promise<number> {
  let killed = 0;
  for (let looks = 0; host.descendants().length === 0 && looks < 400; looks += 1) await pause(5);
  await pause(delayMs);
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
