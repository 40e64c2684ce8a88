/**
 * Records a template anew: runs it in a fresh workspace with the real host, journal, tools and sandbox, at the pace of its script, answering
 * its questions and sending its signals as a user would after a moment of reading, and keeps the journal as `recorded-run.ndjson`.
 * `node scripts/record-template.ts <template id>…`; without an id, all of them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createHost, type Host } from '../src-main/host/composition.ts';
import { readRunEvents } from '../src-main/runtime/read-journal.ts';
import { gatherSubworkflows } from '../src-main/runtime/subworkflows.ts';
import { isFinal } from '../src-shared/run/plan-next.ts';
import { inProject, refuse } from './lib/project.mjs';

/** How long someone looks at a question before answering it. */
const readingMs = 4_000;

const folder = mkdtempSync(join(tmpdir(), 'heddle-record-'));
const ids = process.argv.slice(2);
try {
  for (const id of ids.length > 0 ? ids : await listTemplates()) await recordTemplate(id);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function listTemplates(): Promise<string[]> {
  return await withHost('list', async ({ services }) => (await services.templates.list()).map(({ id }) => id));
}

async function recordTemplate(id: string): Promise<void> {
  await withHost(id, async ({ services }) => {
    const { runs, store, templates, workflows } = services;
    const { path, document, exampleInputs } = await templates.instantiate(id, undefined);
    const { runId } = await runs.start({
      document,
      workflowPath: path,
      inputs: exampleInputs,
      approvalMode: 'ask',
      modelOverride: null,
      startedBy: 'window',
      subworkflows: await gatherSubworkflows(document, async (file) => (await workflows.open(file)).document),
    });
    const { signal } = new AbortController();
    let state = await runs.settled(runId, signal);
    while (!isFinal(state.status)) {
      await pause(readingMs);
      for (const { approvalId } of runs.openApprovals()) await runs.decide(runId, approvalId, { type: 'grant' }, 'user');
      for (const { name } of state.openSignalWaits) await runs.signal(runId, name, 'Kim', 'user');
      state = await runs.settled(runId, signal);
    }
    if (state.status !== 'succeeded') refuse(`the run of ${id} ended as ${state.status}: ${state.error?.message ?? 'no reason given'}`);
    const events = [...readRunEvents(store, runId)];
    writeFileSync(
      inProject('resources/templates', id, 'recorded-run.ndjson'),
      events.map((event) => `${JSON.stringify(event)}\n`).join(''),
    );
    console.log(`${id}: ${events.length} events, ${(((state.endedAtMs ?? 0) - state.startedAtMs) / 1000).toFixed(1)} s`);
  });
}

/** A host of its own for each recording, on a workspace and a home that nobody has used. */
async function withHost<Result>(name: string, work: (host: Host) => Promise<Result>): Promise<Result> {
  const workspace = join(folder, name, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const host = createHost({
    home: join(folder, name, 'home'),
    workspace,
    port: 0,
    readOnly: false,
    token: undefined,
    logLevel: 'error',
  });
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}
