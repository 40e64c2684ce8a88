import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNodeState } from '#shared/run/node-states.ts';
import type { RunState } from '#shared/run/state.ts';
import { openTemplate, type TemplateWorld } from '../support/template-world.ts';

const ids = [
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
type Id = (typeof ids)[number];

const open = new Map<Id, TemplateWorld>();
beforeAll(async () => {
  for (const id of ids) open.set(id, await openTemplate(id));
});
afterAll(() => Promise.all([...open.values()].map((world) => world.close())));
const worldOf = (id: Id) => open.get(id) as TemplateWorld;

describe('support-inbox', () => {
  const replies = () => readFile(join(worldOf('support-inbox').workspace, 'replies/replies.md'), 'utf8');

  it('answers each message from the policies, the urgent ones first, and lists the one that nobody can read', async () => {
    const state = await worldOf('support-inbox').run();
    expect(state.outputs?.summary).toEqual({
      answered: 5,
      urgent: 2,
      byCategory: { delivery: 1, return: 2, invoice: 1, other: 1 },
      unread: [{ file: '06-scan.txt', reason: 'support-inbox/messages/06-scan.txt is a binary file; only text can be read.' }],
    });
    const text = await replies();
    expect([...text.matchAll(/^## (\S+): /gm)].map(([, file]) => file)).toEqual([
      '02-where-is-it.txt',
      '04-lid.txt',
      '01-dented-kettle.txt',
      '03-invoice.txt',
      '05-thanks.txt',
    ]);
    expect(text).toContain('Order: K-10391\n\nDear Jonas Brandt,');
    expect(text).toContain('Parcels take 3 to 5 working days');
    expect(text).toContain('A colleague will read it and write to you.');
  });

  it('changes with the policies and with the messages', async () => {
    await change('support-inbox', 'support-inbox/policies.md', 'within 30 days', 'within 90 days');
    await change('support-inbox', 'support-inbox/messages/05-thanks.txt', 'No complaint today!', 'The spout is broken.');
    const state = await worldOf('support-inbox').run();
    expect(state.outputs?.summary).toMatchObject({ byCategory: { return: 3 } });
    expect(await replies()).toContain('You may send it back within 90 days');
    expect(await replies()).not.toContain('within 30 days');
  });

  it('writes what the person made of the replies, and nothing when it is denied', async () => {
    const { run, workspace } = worldOf('support-inbox');
    await run({}, () => ({ type: 'grant', value: 'My own words' }));
    expect(await replies()).toBe('My own words');
    await run({ saveAs: 'replies/denied.md' }, () => ({ type: 'deny', reason: 'no' }));
    expect(await readdir(join(workspace, 'replies'))).toEqual(['replies.md']);
  });
});

describe('list-cleanup', () => {
  const list = () => readFile(join(worldOf('list-cleanup').workspace, 'contacts-clean/contacts.csv'), 'utf8');

  it('keeps the newest line of each person and says what it did with every other', async () => {
    const { run, workspace } = worldOf('list-cleanup');
    const state = await run();
    expect(state.outputs?.summary).toEqual({ kept: 5, doubles: 3, broken: 2, mended: 14 });
    expect(await list()).toBe(
      [
        'name,email,phone',
        'Anna Lindqvist,anna.lindqvist@fjord.example,+4685551230',
        'Mateus Carvalho,mateus@carvalho.example,+351215550199',
        '"O\'Brien, Sinead",sinead@obrien.example,+35315550142',
        'Rosa Jiménez-Ortiz,rosa@jimenez.example,+34915550164',
        'Yuki Tanaka,yuki.tanaka@tanaka.example,+81355550177',
        '',
      ].join('\n'),
    );
    expect(await readFile(join(workspace, 'contacts-clean/report.md'), 'utf8')).toContain(
      '- line 8: Pierre Dubois has an e-mail address that cannot be right',
    );
  });

  it('keeps the first line where the person says so', async () => {
    await worldOf('list-cleanup').run({}, () => ({ type: 'grant', value: { keep: 'first', fillGaps: false } }));
    expect(await list()).toContain('Mateus Carvalho,mateus@carvalho.example,+351215550188');
    expect(await list()).toContain('Yuki Tanaka,yuki.tanaka@tanaka.example,\n');
  });

  it('asks nobody when nobody is there twice, and reads a list of the user outside of the workspace', async () => {
    const { run, folder } = worldOf('list-cleanup');
    const own = join(folder, 'mine.csv');
    writeFileSync(own, '\uFEFFName;Mail\r\nada LOVELACE;Ada@Engine.example\r\n');
    const state = await run({ file: own });
    expect(state.approvals).toEqual({});
    expect(await list()).toBe('name,email,phone\nAda Lovelace,ada@engine.example,\n');
    writeFileSync(own, 'Colour,Size\nred,5\n');
    expect(await run({ file: own })).toMatchObject({ status: 'failed', failedNode: 'mend' });
  });
});

describe('code-review', () => {
  it('reports what stands in the files, with its line, and throws out what was made up', async () => {
    const { run, workspace } = worldOf('code-review');
    const state = await run();
    expect(state.outputs?.counts).toEqual({ files: 4, high: 3, medium: 2, low: 2, madeUp: 1 });
    const report = String(state.outputs?.report);
    const named = [...report.matchAll(/^- (\S+):(\d+): .*\n\n {6}(.*)$/gm)];
    expect(named).toHaveLength(7);
    for (const [, path = '', line, quote] of named)
      expect(readFileSync(join(workspace, path), 'utf8').split('\n')[Number(line) - 1]?.trim()).toBe(quote);
    expect(report).not.toContain('self.items = load()');
    expect(await readFile(join(workspace, 'reviews/review.md'), 'utf8')).toBe(report);
  });

  it('finds nothing any more in what was mended', async () => {
    await change('code-review', 'little-shop/mail/mailer.py', 'MAIL_KEY = "mk-7731-kettle"', 'MAIL_SECRET = read_secret()');
    await change('code-review', 'little-shop/mail/mailer.py', 'except:', 'except smtplib.SMTPException:');
    const state = await worldOf('code-review').run();
    expect(state.outputs?.counts).toMatchObject({ high: 1 });
    expect(String(state.outputs?.report)).not.toContain('mailer.py');
  });

  it('runs its reviewers in a lane of their own', async () => {
    const state = await worldOf('code-review').run();
    const part = Object.values(state.subworkflows)[0];
    expect(part?.nodes.find(({ id }) => id === 'reviewer')?.lane).toBe('review');
  });
});

describe('log-watch', () => {
  it('looks twice, writes what is failing, and waits until somebody is on it', async () => {
    const { run, workspace } = worldOf('log-watch');
    const state = await run({ coolDownSeconds: 0.01 });
    expect(state.outputs?.incident).toEqual({ service: 'payments', errors: 5, acknowledgedBy: 'Kim' });
    const note = await readFile(join(workspace, 'incidents/incident.md'), 'utf8');
    expect(note).toMatch(/^# payments is failing\n\n5 of 8 lines are errors, above the threshold of 4\./);
    expect(note).toContain('- First: 2026-03-02T06:14:26Z timeout after 5000 ms, bank-gateway, order 5512');
    expect(note).toContain('- mail: 1 of 2 lines are errors');
  });

  it('is calm below the threshold, and alarmed by another service when that one fails more', async () => {
    const { run, workspace } = worldOf('log-watch');
    const calm = await run({ threshold: 6 });
    expect(calm.outputs).toMatchObject({ incident: { service: 'payments', errors: 5, acknowledgedBy: null }, note: null });
    expect(findNodeState(calm, 'cool')).toMatchObject({ status: 'skipped' });
    const log = readFileSync(join(workspace, 'service-logs/app.log'), 'utf8');
    writeFileSync(join(workspace, 'own.log'), log + 'later ERROR mail: mailbox full\n'.repeat(8));
    const alarmed = await run({ file: 'own.log', coolDownSeconds: 0.01 });
    expect(String(alarmed.outputs?.note)).toMatch(/^# mail is failing\n\n9 of 10 lines/);
  });
});

describe('draft-and-polish', () => {
  it('rewrites until the critic has nothing to say, and keeps every sentence that the guide allows', async () => {
    const { run, workspace } = worldOf('draft-and-polish');
    const state = await run();
    expect(state.outputs?.rounds).toBe(3);
    const text = textOf(state, 'text');
    expect(text).toContain('One charge lasts 41 days, nine more than the first Lumen.');
    for (const cut of ['revolutionary', 'synergy', 'Tromsø']) expect(text).not.toContain(cut);
    expect(await readFile(join(workspace, 'news/announcement.md'), 'utf8')).toBe(text);
  });

  it('follows another guide and other notes', async () => {
    await change('draft-and-polish', 'product-news/style.md', 'Longest sentence: 22 words', 'Longest sentence: 60 words');
    await change('draft-and-polish', 'product-news/notes.md', '41 days', '77 days');
    const state = await worldOf('draft-and-polish').run();
    expect(state.outputs?.rounds).toBe(2);
    expect(textOf(state, 'text')).toContain('Tromsø');
    expect(textOf(state, 'text')).toContain('One charge lasts 77 days');
  });

  it('needs one round when nothing is wrong', async () => {
    const { run, folder } = worldOf('draft-and-polish');
    const own = join(folder, 'plain.md');
    writeFileSync(own, '# Bread\n\nWe bake at four.\n');
    const state = await run({ file: own });
    expect(state.outputs).toMatchObject({ rounds: 1, text: '# Bread\n\nWe bake at four.' });
  });
});

describe('event-booking', () => {
  const booked = (what: string) => readFile(join(worldOf('event-booking').workspace, `bookings/${what}.md`), 'utf8');

  it('books the cheapest that is large enough and invites to it', async () => {
    const state = await worldOf('event-booking').run();
    expect(state.outputs?.total).toBe(1157);
    expect(textOf(state, 'invitation')).toContain(
      'at **Old boathouse**, 26 of us. Marta and sons cooks, and Hansen coaches takes us there.',
    );
    expect(await booked('caterer')).toContain('26 people: 637.00 EUR');
  });

  it('cancels what was booked when the bus is full, the last first', async () => {
    await change('event-booking', 'team-event/offers.csv', 'bus,Hansen coaches,180,event,34', 'bus,Hansen coaches,180,event,10');
    const state = await worldOf('event-booking').run();
    expect(state).toMatchObject({ status: 'failed', failedNode: 'seats', saga: { status: 'completed' } });
    expect(state.error?.message).toContain('Hansen coaches has 10 seats left for 26 people.');
    for (const what of ['room', 'caterer']) expect(await booked(what)).toMatch(/^CANCELLED\n/);
    const settled = (id: string) => (findNodeState(state, id) as unknown as { settledSeq: number }).settledSeq;
    expect(settled('cancelCaterer')).toBeLessThan(settled('cancelRoom'));
  });

  it('takes the room that holds everybody', async () => {
    await change('event-booking', 'team-event/request.json', '"people": 26', '"people": 22');
    await change('event-booking', 'team-event/offers.csv', 'event,10', 'event,34');
    expect((await worldOf('event-booking').run()).outputs).toMatchObject({ total: 290 + 22 * 24.5 + 180 });
    expect(await booked('room')).toMatch(/^# Town hall annex/);
  });
});

describe('quiz-maker', () => {
  it('asks only what stands in the lessons, and leaves out a lesson that holds no answers', async () => {
    const { run, workspace } = worldOf('quiz-maker');
    const state = await run();
    expect(state.outputs?.counts).toMatchObject({
      lessons: 2,
      questions: 6,
      rejected: 2,
      failed: [expect.stringContaining('lessons/3-fog.md')],
    });
    const lessons = ['1-tides.md', '2-lighthouses.md'].map((name) => readFileSync(join(workspace, 'lessons', name), 'utf8')).join('');
    const answers = await readFile(join(workspace, 'quiz/answers.md'), 'utf8');
    const quotes = [...answers.matchAll(/\*\*(.+)\*\*: “(.+)”/g)];
    expect(quotes).toHaveLength(6);
    for (const [, answer, quote] of quotes) {
      expect(lessons).toContain(quote);
      expect(quote).toContain(answer);
    }
    expect(await readFile(join(workspace, 'quiz/quiz.md'), 'utf8')).toContain('In the Bay of Fundy the water rises by ____ metres.');
  });

  it('changes with a figure of a lesson and with how many are asked for', async () => {
    const { run, workspace } = worldOf('quiz-maker');
    await change('quiz-maker', 'lessons/1-tides.md', '16 metres', '17 metres');
    const state = await run({ perLesson: 1 });
    expect(state.outputs?.counts).toMatchObject({ questions: 2 });
    await run({ perLesson: 2 });
    expect(await readFile(join(workspace, 'quiz/answers.md'), 'utf8')).toContain(
      '**17**: “In the Bay of Fundy the water rises by 17 metres.”',
    );
  });
});

describe('translate-docs', () => {
  it('writes what passes the checks and says why the rest was not written', async () => {
    const { run, workspace } = worldOf('translate-docs');
    const state = await run();
    expect(state.outputs?.report).toMatchObject({
      written: ['manual-translated/cleaning.md', 'manual-translated/first-steps.md'],
      notWritten: [{ path: 'manual/texts/garantie.md', reason: expect.stringContaining('None of its words is in the glossary') }],
    });
    expect(await readFile(join(workspace, 'manual-translated/cleaning.md'), 'utf8')).toContain(
      'Reinige die Filter alle 30 Tage mit warmem Wasser.',
    );
    expect((await readdir(join(workspace, 'manual-translated'))).sort()).toEqual(['cleaning.md', 'first-steps.md']);
  });

  it('tries a text again when the model is busy', async () => {
    const state = await worldOf('translate-docs').run({ language: 'Dutch' });
    expect(JSON.stringify(state)).toContain('model.rateLimited');
    expect(state.outputs?.report).toMatchObject({ written: { length: 2 } });
  });

  it('uses the words of the glossary as it is now', async () => {
    const { run, workspace } = worldOf('translate-docs');
    await change('translate-docs', 'manual/glossary.csv', 'warm,warmem', 'warm,lauwarmem');
    await run();
    expect(await readFile(join(workspace, 'manual-translated/cleaning.md'), 'utf8')).toContain('mit lauwarmem Wasser.');
  });
});

describe('meeting-actions', () => {
  const written = (name: string) => readFile(join(worldOf('meeting-actions').workspace, 'meeting-actions', name), 'utf8');

  it('finds who does what by when, and what was decided', async () => {
    const state = await worldOf('meeting-actions').run();
    expect(state.outputs?.summary).toEqual({
      actions: 4,
      withoutDate: 1,
      byPerson: { Bram: 1, Chidi: 1, Dora: 1, Aylin: 1 },
      decisions: ['The pump is mended once more, and replaced when it fails again.', 'The party is on 20 June, with bread for 160.'],
    });
    expect(await written('actions.csv')).toBe(
      'who,what,due\nBram,order a seal from the ironmonger,2026-03-06\nChidi,ask the town what a new connection costs,2026-03-20\nDora,"ask the bakery for a price, white and dark",2026-04-10\nAylin,write to the neighbours,\n',
    );
    expect(await written('actions.ics')).toContain(
      'DTSTART;VALUE=DATE:20260320\r\nSUMMARY:Chidi: ask the town what a new connection costs',
    );
  });

  it('changes with the minutes, and writes what the person made of them', async () => {
    const { run, folder } = worldOf('meeting-actions');
    const own = join(folder, 'own minutes.md');
    mkdirSync(folder, { recursive: true });
    writeFileSync(own, '# Boat\n\nDecided: It is painted green.\nEve will buy two litres of paint by 2026-05-01.\n');
    expect((await run({ file: own })).outputs?.summary).toMatchObject({ byPerson: { Eve: 1 }, decisions: ['It is painted green.'] });
    expect(await written('actions.csv')).toContain('Eve,buy two litres of paint,2026-05-01');
    await run({ file: own }, () => ({ type: 'grant', value: { actions: [{ who: 'Eve', what: 'rest', due: null }] } }));
    expect(await written('actions.csv')).toBe('who,what,due\nEve,rest,\n');
  });
});

/** Changes a file of a template's workspace for good. */
async function change(id: Id, path: string, from: string, to: string): Promise<void> {
  const file = join(worldOf(id).workspace, path);
  const before = await readFile(file, 'utf8');
  expect(before).toContain(from);
  writeFileSync(file, before.replace(from, to));
}

function textOf({ outputs }: RunState, name: string): string {
  return String(outputs?.[name]);
}
