import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkStart } from '#main/runtime/start-check.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { eventEnvelopeSchema } from '#shared/events/envelope.ts';
import { createUpcast } from '#shared/events/upcast.ts';
import { type RunEvent, runEventSchemas, runEventUpcasters, runEventVersions } from '#shared/run/events.ts';
import { findNodeState } from '#shared/run/node-states.ts';
import { foldRun } from '#shared/run/reduce-run.ts';
import type { RunState } from '#shared/run/state.ts';
import { toOutcome } from '#shared/run/summary.ts';
import type { Position, WorkflowDocument } from '#shared/workflow/document.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { planWorkflow } from '#shared/workflow/plan.ts';
import { cardWidth, toBodyHeight, toNoteSize } from '../../src-renderer/canvas/card-geometry.ts';
import { openTemplate, type TemplateWorld } from '../support/template-world.ts';

const templates = join(import.meta.dirname, '..', '..', 'resources', 'templates');
const ids = [
  'folder-brief',
  'research-write-review',
  'invoice-triage',
  'support-inbox',
  'list-cleanup',
  'code-review',
  'log-watch',
  'draft-and-polish',
  'event-booking',
  'quiz-maker',
  'translate-docs',
  'meeting-actions',
] as const;

const parallelGroups = {
  'folder-brief': [['found', 'brief']],
  'research-write-review': [
    ['notes', 'figures'],
    ['verdict', 'review'],
    ['rewriter', 'asItIs'],
    ['publish', 'text'],
  ],
  'invoice-triage': [
    ['approve', 'none'],
    ['granted', 'refused'],
    ['writeApproved', 'writeToCheck', 'summary'],
    ['approvedFile', 'toCheckFile'],
  ],
  'support-inbox': [['ask', 'summary']],
  'list-cleanup': [
    ['choose', 'plain'],
    ['writeList', 'writeReport', 'summary'],
    ['listFile', 'reportFile'],
  ],
  'code-review': [['write', 'text', 'counts']],
  'log-watch': [
    ['cool', 'calm'],
    ['write', 'text'],
    ['onIt', 'nobody'],
  ],
  'draft-and-polish': [
    ['notes', 'guide'],
    ['final', 'rounds'],
    ['ask', 'text'],
  ],
  'event-booking': [
    ['request', 'offers'],
    ['room', 'total'],
  ],
  'quiz-maker': [
    ['writeQuiz', 'writeAnswers', 'counts'],
    ['quizFile', 'answersFile'],
  ],
  'translate-docs': [],
  'meeting-actions': [
    ['actions', 'decisions'],
    ['writeTable', 'writeCalendar', 'summary'],
    ['table', 'calendar'],
  ],
} as const satisfies Record<(typeof ids)[number], readonly (readonly string[])[]>;

const open = new Map<string, TemplateWorld>();
beforeAll(async () => {
  for (const id of ids) open.set(id, await openTemplate(id));
});
afterAll(() => Promise.all([...open.values()].map((world) => world.close())));
const worldOf = (id: string) => open.get(id) as TemplateWorld;
/** Recordings of earlier builds stay as they were written. */
const upcast = createUpcast(runEventVersions, runEventUpcasters);
const readRecording = (id: string): readonly RunEvent[] =>
  readFileSync(join(templates, id, 'recorded-run.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => upcast(eventEnvelopeSchema.parse(JSON.parse(line))) as unknown as RunEvent);

it('the gallery offers exactly these, each with a recorded run', async () => {
  const listed = await worldOf('folder-brief').host.services.templates.list();
  expect(listed.map(({ id, hasRecordedRun }) => ({ id, hasRecordedRun }))).toEqual(ids.map((id) => ({ id, hasRecordedRun: true })));
  for (const { description, tags } of listed) {
    expect(description.split(/(?<=[.])\s/)).toHaveLength(2);
    expect(tags.length).toBeGreaterThan(1);
  }
});

describe.each(ids)('%s', (id) => {
  const text = readFileSync(join(templates, id, 'workflow.heddle.json'), 'utf8');
  const document = parseWorkflowFile(text);

  it('is valid, without a warning, for the tools and models of a new installation', async () => {
    expect(await worldOf(id).host.services.checks.validate(document)).toEqual([]);
  });

  it('is written as Heddle would write it', () => {
    expect(formatWorkflowFile(document)).toBe(text);
  });

  it('does side by side what does not depend on each other', () => {
    expect(planWorkflow(document).parallelGroups).toEqual(parallelGroups[id]);
  });

  it('lies on the canvas as one reads, left to right and row by row, with nothing on top of anything', () => {
    const boxes = document.nodes.map((node) => ({ id: node.id, ...node.position, ...toSize(document, node.id) }));
    for (const a of boxes) {
      for (const b of boxes) {
        const overlap = a.id < b.id && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
        expect(overlap, `${a.id} and ${b.id}`).toBe(false);
      }
    }
    for (const { from, to } of document.edges) {
      const [start, end] = [placeOf(document, from.node), placeOf(document, to.node)];
      expect(start.x < end.x || start.y < end.y, `${from.node} before ${to.node}`).toBe(true);
    }
  });

  it('takes its example inputs, which are there after it was copied', async () => {
    const { exampleInputs, workspace } = worldOf(id);
    const request = {
      document,
      inputs: exampleInputs,
      workflowPath: null,
      approvalMode: 'ask',
      modelOverride: null,
      startedBy: 'test',
    } as const;
    expect(checkStart(request)).toMatchObject(exampleInputs);
    const source = String(exampleInputs.file ?? exampleInputs.folder).split('/')[0] ?? '';
    expect(await readdir(join(workspace, source))).toEqual(await readdir(join(templates, id, 'sample')));
  });

  it('has a recorded run of this very document, made from this sample, that succeeded at a pace one can follow', async () => {
    const events = readRecording(id);
    for (const event of events) runEventSchemas[event.type].parse(event.data);
    const state = foldRun(events) as RunState;
    expect(state.status).toBe('succeeded');
    expect(state.workflow, 'edited since it was recorded: node scripts/record-template.ts').toEqual(document);
    expect((state.endedAtMs ?? 0) - state.startedAtMs).toBeGreaterThan(3_000);
    for (const { decision } of Object.values(state.approvals)) expect(decision).toMatchObject({ type: 'granted', by: 'user' });
    expect(JSON.stringify(events)).not.toContain(worldOf(id).folder.slice(0, 5));
  });

  it('comes live to what was recorded', async () => {
    const live = await worldOf(id).run();
    expect(live.status).toBe('succeeded');
    expect(toOutcome(live), 'edited since it was recorded: node scripts/record-template.ts').toEqual(
      toOutcome(foldRun(readRecording(id)) as RunState),
    );
  });
});

describe('folder-brief', () => {
  it('says nothing that is not in the files: every figure and every quotation', async () => {
    const { run, workspace } = worldOf('folder-brief');
    const brief = textOf(await run(), 'brief');
    const files = await readAll(join(workspace, 'market-notes'));
    expect(listFigures(brief).filter((figure) => !listFigures(files).includes(figure))).toEqual([]);
    expect(listFigures(brief).length).toBeGreaterThan(20);
    expect(listQuotations(brief).filter((quotation) => !toPlain(files).includes(quotation))).toEqual([]);
    expect(listQuotations(brief).length).toBeGreaterThan(3);
    for (const name of await readdir(join(workspace, 'market-notes'))) expect(brief).toContain(name);
    expect(await readFile(join(workspace, 'briefs/brief.md'), 'utf8')).toBe(brief);
  });

  it('points out the contradiction, and no longer when it is mended', async () => {
    await withFile(
      'folder-brief',
      'market-notes/minutes-2026-03-12.md',
      [['a lead time of 3 weeks', 'a lead time of 7 weeks']],
      async (run) => {
        const before = textOf(await worldOf('folder-brief').run(), 'brief');
        expect(before).toContain('Two files disagree');
        expect(before.slice(before.indexOf('Two files disagree'))).toMatch(/lead time of 3 weeks[\s\S]*lead time of 7 weeks/);
        expect(textOf(await run(), 'brief')).toContain('No two files contradict each other');
      },
    );
  });

  it('changes with a figure in a file', async () => {
    await withFile('folder-brief', 'market-notes/quarterly-report.md', [['€412,300', '€987,654']], async (run) => {
      const brief = textOf(await run(), 'brief');
      expect(brief).toContain('€987,654');
      expect(brief).not.toContain('€412,300');
    });
  });

  it('briefs on a folder of the user outside of the workspace, with subfolders, empty and unreadable files', async () => {
    const { run, folder } = worldOf('folder-brief');
    const own = join(folder, 'my notes');
    mkdirSync(join(own, 'sub'), { recursive: true });
    writeFileSync(join(own, 'a.md'), '# Rain\n\nIt rained on 17 days.\n');
    writeFileSync(join(own, 'sub', 'b.txt'), 'The roof lost 4 tiles. “It always drips on the piano.”');
    writeFileSync(join(own, 'empty.md'), '');
    writeFileSync(join(own, 'binary.txt'), Buffer.from([0, 1, 2, 0, 255]));
    const brief = textOf(await run({ folder: own }), 'brief');
    for (const fact of ['It rained on 17 days.', 'The roof lost 4 tiles.', '“It always drips on the piano.”', 'Rain'])
      expect(brief).toContain(fact);
    expect(brief).toMatch(/Not in this brief: .*binary\.txt.*empty\.md/);
  });

  it('does not open a folder that only the workflow names, nor one after its run has ended', async () => {
    const { run, folder, document, host } = worldOf('folder-brief');
    const secret = join(folder, 'somebody else');
    mkdirSync(secret);
    writeFileSync(join(secret, 'diary.md'), 'Dear diary.');
    expect(textOf(await run({ folder: secret }), 'brief')).toContain('Dear diary.');
    const named: WorkflowDocument = JSON.parse(
      JSON.stringify(document).replaceAll('"default":"market-notes"', `"default":${JSON.stringify(secret)}`),
    );
    const { runId } = await host.services.runs.start({
      document: named,
      workflowPath: null,
      inputs: {},
      approvalMode: 'all',
      modelOverride: null,
      startedBy: 'test',
    });
    const state = await host.services.runs.settled(runId, new AbortController().signal);
    expect(textOf(state, 'brief')).toMatch(/^No brief: .*refused/);
  });

  it('says so when there is nothing to brief on, and asks nobody', async () => {
    const { run, folder } = worldOf('folder-brief');
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const state = await run({ folder: empty });
    expect(textOf(state, 'brief')).toMatch(/^No brief: there are no Markdown or text files/);
    expect(state.outputs?.file).toBeNull();
    expect(state.approvals).toEqual({});
  });

  it('gets through hundreds of long files', async () => {
    const { run, folder } = worldOf('folder-brief');
    const many = join(folder, 'many');
    mkdirSync(many);
    const long = Array.from({ length: 400 }, (_, index) => `Sentence ${index} of this file counts ${index * 7} sheep on the hill.`).join(
      ' ',
    );
    for (let index = 0; index < 300; index += 1)
      writeFileSync(join(many, `file-${String(index).padStart(3, '0')}.md`), `# File ${index}\n\n${long}\n`);
    const brief = textOf(await run({ folder: many }), 'brief');
    expect(brief).toContain('file-059.md');
    expect(brief).toContain('Not in this brief: ');
  });

  it('keeps the brief when it may not be saved', async () => {
    const { run, workspace } = worldOf('folder-brief');
    rmSync(join(workspace, 'briefs'), { recursive: true, force: true });
    const state = await run({}, () => ({ type: 'deny', reason: 'not now' }));
    expect(state).toMatchObject({ status: 'succeeded', outputs: { file: null } });
    expect(textOf(state, 'brief')).toContain('# Brief');
    expect(await readdir(workspace)).not.toContain('briefs');
  });
});

describe('research-write-review', () => {
  it('sends the draft back once, because its figures have no sources, and publishes what has them', async () => {
    const { run, workspace } = worldOf('research-write-review');
    const state = await run();
    const draft = String((findNodeState(state, 'writer') as unknown as { outputs: JsonObject }).outputs.text);
    const { verdict, remarks } = (state.outputs?.review ?? {}) as { verdict?: string; remarks?: string[] };
    expect(verdict).toBe('revise');
    for (const remark of remarks ?? []) expect(draft).toContain(/“(.*)” Name it/.exec(remark)?.[1]);
    expect(findNodeState(state, 'rewriter')).toMatchObject({ status: 'succeeded', attempts: [{ attempt: 1 }] });
    expect(findNodeState(state, 'asItIs')).toMatchObject({ status: 'skipped' });

    const article = textOf(state, 'article');
    expect(draft).not.toMatch(/\[[^\]]+:\d+\]/);
    const cited = [...article.matchAll(/^- (.*) \[(.*):(\d+)\]$/gm)];
    expect(cited.length).toBe(remarks?.length);
    for (const [, sentence = '', path = '', line = ''] of cited) {
      const lines = readFileSync(join(workspace, path), 'utf8').split('\n');
      expect(lines[Number(line) - 1]).toContain(sentence);
    }
    expect(article).not.toContain('lawn');
    expect(await readFile(join(workspace, 'articles/article.md'), 'utf8')).toBe(article);
  });

  it('has its researchers at work at the same time', () => {
    const events = readRecording('research-write-review');
    const at = (type: string, node: string) =>
      events.findIndex((event) => event.type === type && (event.data as { node?: string }).node === node);
    expect(Math.max(at('node.started', 'notes'), at('node.started', 'figures'))).toBeLessThan(
      Math.min(at('node.succeeded', 'notes'), at('node.succeeded', 'figures')),
    );
  });

  it('lets a draft pass that has nothing to source', async () => {
    const state = await worldOf('research-write-review').run({ topic: 'Umbrellas' });
    expect(state).toMatchObject({ status: 'succeeded', outputs: { review: { verdict: 'approve', remarks: [] } } });
    expect(findNodeState(state, 'rewriter')).toMatchObject({ status: 'skipped' });
    expect(textOf(state, 'article')).toContain('The notes hold no figures about it.');
  });

  it('publishes what the person made of it, and nothing when it is denied', async () => {
    const { run, workspace } = worldOf('research-write-review');
    await run({ saveAs: 'articles/mine.md' }, () => ({ type: 'grant', value: '# My own words' }));
    expect(await readFile(join(workspace, 'articles/mine.md'), 'utf8')).toBe('# My own words');
    await run({ saveAs: 'articles/denied.md' }, () => ({ type: 'deny', reason: 'no' }));
    expect(await readdir(join(workspace, 'articles'))).not.toContain('denied.md');
  });
});

describe('invoice-triage', () => {
  const sorted = (name: string) => readFile(join(worldOf('invoice-triage').workspace, 'invoices/sorted', name), 'utf8');

  it('sorts every record once, by what is wrong with it', async () => {
    const state = await worldOf('invoice-triage').run();
    expect(state.outputs?.summary).toEqual({ records: 21, approved: 13, approvedTotal: 17550.56, toCheck: 8, duplicates: 1 });
    const approved = await sorted('approved.csv');
    expect(approved.split('\n')).toHaveLength(15);
    expect(approved).toContain('0031-26,"Papier & Karton, Huber",2026-03-09,189.90,EUR');
    expect(approved).toContain('S-554,Stadtwerke,2026-03-11,1312.48,EUR');
    const toCheck = await sorted('to-check.csv');
    for (const [invoice, reason] of Object.entries({
      '2026/0188': 'is a duplicate of line 3',
      'L-20': 'has an amount that is no number',
      'C-12': 'is not above zero; a credit note?',
      'BF-301': 'is in USD',
      'R-1043': 'has a date that does not exist',
      'R-1044': 'has 7 cells instead of 6',
      'T-3': 'has 2 cells instead of 6; has no date; has no amount; has no currency',
    }))
      expect(toCheck.split('\n').find((line) => line.includes(`,${invoice},`))).toContain(reason);
  });

  it('asks about the amounts above the limit only, and holds back what is denied', async () => {
    const asked: JsonValue[] = [];
    const state = await worldOf('invoice-triage').run({}, ({ subject }) => {
      if (subject.type === 'node') asked.push(subject.value);
      return { type: 'deny', reason: 'ask the owner' };
    });
    expect(asked).toMatchObject([[{ invoice: '2026/0188' }, { invoice: 'INV-9001' }, { invoice: 'S-553' }, { invoice: 'S-554' }]]);
    expect(state.outputs?.summary).toMatchObject({ approved: 9, toCheck: 12 });
    expect(await sorted('approved.csv')).not.toContain('INV-9001');
    expect((await sorted('to-check.csv')).split('\n').find((line) => line.includes('INV-9001'))).toContain(
      'above the limit and was not approved',
    );
  });

  it('asks nobody when nothing is above the limit', async () => {
    const state = await worldOf('invoice-triage').run({ limit: 10_000 });
    expect(state.approvals).toEqual({});
    expect(state.outputs?.summary).toMatchObject({ approved: 13, toCheck: 8 });
  });

  it.each([
    [
      'semicolons, decimal commas, a BOM',
      '\uFEFFRechnung number;Vendor;Date;Total\r\nA1;Muster & Co;2026-01-02;1.234,50\r\nA2;Muster & Co;2026-01-02;0,50',
      1235,
    ],
    ['tabs and thousands', 'Invoice\tSupplier\tDate\tAmount\nA1\t"Tab\tInc"\t2024-02-29\t€ 12,345.6', 12345.6],
    ['a header and nothing else', 'Invoice,Supplier,Date,Amount\n', 0],
  ])('reads %s', async (_, text, approvedTotal) => {
    const { run, workspace } = worldOf('invoice-triage');
    writeFileSync(join(workspace, 'other.csv'), text);
    expect((await run({ file: 'other.csv' })).outputs?.summary).toMatchObject({ approvedTotal, toCheck: 0 });
  });

  it('reads a file of the user outside of the workspace, and refuses one without the columns in words', async () => {
    const { run, folder } = worldOf('invoice-triage');
    const own = join(folder, 'mine.csv');
    writeFileSync(own, 'Invoice,Supplier,Date,Amount\nX,Y,2026-05-05,5\n');
    expect((await run({ file: own })).outputs?.summary).toMatchObject({ approved: 1 });
    writeFileSync(own, 'Name,Age\nX,5\n');
    const failed = await run({ file: own });
    expect(failed).toMatchObject({ status: 'failed', failedNode: 'triage' });
    expect(failed.error?.message).toContain('has no column for invoice, supplier, date, amount');
  });
});

/** Changes a file of the workspace while `work` runs. */
async function withFile(
  id: string,
  path: string,
  changes: readonly (readonly [string, string])[],
  work: (run: TemplateWorld['run']) => Promise<void>,
): Promise<void> {
  const { workspace, run } = worldOf(id);
  const before = readFileSync(join(workspace, path), 'utf8');
  const change = () => {
    const after = changes.reduce((text, [from, to]) => text.replace(from, to), before);
    expect(after).not.toBe(before);
    writeFileSync(join(workspace, path), after);
  };
  try {
    await work((...args) => {
      change();
      return run(...args);
    });
  } finally {
    writeFileSync(join(workspace, path), before);
  }
}

function textOf({ outputs }: RunState, name: string): string {
  return String(outputs?.[name]);
}

async function readAll(folder: string): Promise<string> {
  const names = await readdir(folder);
  return [...names, ...(await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8'))))].join('\n');
}

function listFigures(text: string): string[] {
  return text.match(/\d+(?:[.,]\d+)*/g) ?? [];
}

/** Block quotes that say something: the lines that name a source begin with a dash. */
function listQuotations(brief: string): string[] {
  return brief.split('\n').flatMap((line) => (/^> [^—]/.test(line) ? [toPlain(line.slice(2))] : []));
}

function toPlain(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function placeOf(document: WorkflowDocument, id: string): Position {
  return document.nodes.find((node) => node.id === id)?.position ?? { x: Number.NaN, y: Number.NaN };
}

function toSize(document: WorkflowDocument, id: string): { readonly width: number; readonly height: number } {
  const node = document.nodes.find((candidate) => candidate.id === id);
  if (node?.kind === 'note') return toNoteSize(String(node.config.text));
  const count = (side: 'from' | 'to') =>
    new Set(document.edges.filter((edge) => edge[side].node === id).map((edge) => edge[side].port)).size;
  // With the strip below that says what came of it.
  return { width: cardWidth, height: toBodyHeight(count('to'), count('from')) + 28 };
}
