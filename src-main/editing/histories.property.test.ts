import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HeddleError } from '#shared/base/errors.ts';
import type { HistoryCommand } from '#shared/history/commands.ts';
import type { HistoryEvent } from '#shared/history/events.ts';
import { foldPlaces, placesStream } from '#shared/history/places.ts';
import {
  createReplica,
  type Replica,
  toShown,
  type Wish,
  withHistoryEvent,
  withHistoryState,
  withoutCommands,
  withSent,
  withWish,
} from '#shared/history/replica.ts';
import { beginHistory, toStack } from '#shared/history/state.ts';
import { type WorkflowDocument, workflowDocumentSchema } from '#shared/workflow/document.ts';
import { formatWorkflowFile, parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { applyEdit } from '#shared/workflow/edits.ts';
import { createMemoryWorkflowFiles } from '../../tests/support/memory-workflow-files.ts';
import { createRandom } from '../../tests/support/random.ts';
import { toRandomEdit } from '../../tests/support/random-edits.ts';
import { rounds } from '../../tests/support/rounds.ts';
import { createSimulatedClock } from '../../tests/support/simulated-clock.ts';
import { createMemoryDisk, createMemoryEventStore, type MemoryDisk } from '../event-store/memory-event-store.ts';
import { createHistories, type Histories } from './histories.ts';
import { loadHistory } from './load-history.ts';

const path = 'notes.heddle.json';
const start: WorkflowDocument = {
  schemaVersion: 1,
  name: 'Notes',
  nodes: [{ id: 'writer', kind: 'prompt', name: 'Writer', position: { x: 0, y: 0 }, config: { prompt: 'Hello' } }],
  edges: [],
};

/** A window that edits, hears of the others, loses answers and dies. */
interface Page {
  replica: Replica | null;
  /** Commands up to this one have been answered. */
  answered: number;
  readonly leaving: AbortController;
}

describe('histories', () => {
  it.each([
    [rounds(2_000, 10_000), 1],
    [2_000, 2],
    [2_000, 3],
  ])(
    'end equal on all sides after %i edits, undos, crashes, reloads and changes from outside, and lead all the way back (seed %i)',
    async (steps, seed) => {
      const random = createRandom(seed);
      const clock = createSimulatedClock();
      const disk = createMemoryDisk();
      const firstText = formatWorkflowFile(start);
      const texts = new Map([[path, firstText]]);
      let files = createMemoryWorkflowFiles(texts);
      let histories: Histories;
      let nextId = 1;
      let hostLife = new AbortController();

      const startHost = () => {
        files = createMemoryWorkflowFiles(texts);
        const store = createMemoryEventStore({ disk });
        const { signal } = hostLife;
        histories = createHistories({
          // The dead record nothing; what was on its way to the disk may still arrive there.
          store: { ...store, append: (...batch) => (signal.aborted ? new Promise(() => undefined) : store.append(...batch)) },
          files,
          clock,
          newId: () => `id${nextId++}`,
          readOnlyReason: null,
          onProblem: (message) => expect.fail(message),
        });
      };
      const killHost = async () => {
        hostLife.abort();
        files.failing = new HeddleError('workspace.full', 'This host is dead.');
        await settle();
        hostLife = new AbortController();
        startHost();
        reconnect();
      };
      const settle = async (turns = 4) => {
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      };
      const follow = async (page: Page, window: string) => {
        const signal = AbortSignal.any([page.leaving.signal, hostLife.signal]);
        try {
          for await (const item of histories.follow(path, window, signal)) {
            if (signal.aborted) return;
            if (item.type === 'opened') {
              const { document, seq, undo, redo, acknowledged } = item.history;
              const state = {
                ...beginHistory(path, document, ''),
                seq,
                undo: toStack(undo.steps, undo.depth),
                redo: toStack(redo.steps, redo.depth),
                acknowledged: { [window]: acknowledged },
              };
              page.replica = page.replica === null ? createReplica(window, state) : withHistoryState(page.replica, state, clock.nowMs());
            } else if (item.type === 'event' && page.replica !== null)
              page.replica = withHistoryEvent(page.replica, item.event as HistoryEvent, clock.nowMs());
          }
        } catch (thrown) {
          if (!signal.aborted) throw thrown;
        }
      };
      const send = async (page: Page, isAnswerLost: boolean) => {
        const { replica } = page;
        const commands = replica?.pending.map(({ command }) => command).filter(({ number }) => number > page.answered) ?? [];
        if (replica === null || commands.length === 0) return;
        page.replica = withSent(replica);
        const life = hostLife;
        // As over a wire.
        const sent = JSON.parse(JSON.stringify(commands)) as HistoryCommand[];
        const { window } = replica;
        const answer = histories.edit(path, window, sent).then(
          (refused) => {
            if (isAnswerLost || life.signal.aborted || page.replica?.window !== window) return;
            page.answered = replica.lastNumber;
            page.replica = withoutCommands(
              page.replica,
              refused.map(({ number }) => number),
              clock.nowMs(),
            );
          },
          (thrown: unknown) => {
            if (!life.signal.aborted) throw thrown;
          },
        );
        if (random() < 0.5) await answer;
      };
      const wish = (page: Page, asked: Wish) => {
        if (page.replica === null) return;
        try {
          page.replica = withWish(page.replica, asked, clock.nowMs());
        } catch (thrown) {
          if (!(thrown instanceof HeddleError)) throw thrown;
        }
      };
      const reconnect = () => {
        for (const page of pages) {
          // What was sent may not have arrived.
          page.answered = 0;
          void follow(page, page.replica?.window ?? `w${nextId++}`);
        }
      };

      startHost();
      const pages: Page[] = [0, 1].map(() => ({ replica: null, answered: 0, leaving: new AbortController() }));
      reconnect();
      await settle(10);

      const counts = { crash: 0, reload: 0, outside: 0, refused: 0 };
      for (let step = 0; step < steps; step += 1) {
        const index = random() < 0.7 ? 0 : 1;
        const page = pages[index] as Page;
        const chance = random();
        if (chance < 0.55 && page.replica !== null) {
          const edit = toRandomEdit(toShown(page.replica).state.document, random);
          wish(page, { type: 'edit', edit, label: edit.type, group: random() < 0.3 ? 'typing' : null });
        } else if (chance < 0.7) wish(page, { type: random() < 0.6 ? 'undo' : 'redo' });
        else if (chance < 0.9) await send(page, random() < 0.1);
        else if (chance < 0.95) await clock.advance(300);
        else if (chance < 0.97) {
          counts.outside += 1;
          try {
            const outside = applyEdit(parseWorkflowFile(texts.get(path) as string), toRandomEdit(start, random));
            files.writeOutside(path, formatWorkflowFile(outside));
          } catch (thrown) {
            if (!(thrown instanceof HeddleError)) throw thrown;
          }
        } else if (chance < 0.985) {
          counts.crash += 1;
          await killHost();
        } else {
          // What a page had not sent goes with it; those that live on lose nothing.
          counts.reload += 1;
          page.leaving.abort();
          pages[index] = { replica: null, answered: 0, leaving: new AbortController() };
          void follow(pages[index], `w${nextId++}`);
        }
        if (random() < 0.5) await settle(1 + Math.floor(random() * 4));
        if (step % 50 !== 0) continue;
        // What a window takes for confirmed is what the journal says, at any moment.
        const store = createMemoryEventStore({ disk });
        const id = foldPlaces(store.read(placesStream)).get(path);
        for (const { replica } of pages) {
          if (replica === null || id === undefined || replica.base.state.seq === 0) continue;
          const recorded = loadHistory(store, id, { atSeq: replica.base.state.seq });
          expect(replica.base.state.document).toEqual(recorded?.state.document);
        }
      }

      const isQuiet = () => pages.every(({ replica }) => replica !== null && replica.pending.length === 0);
      for (let round = 0; round < 50 && !isQuiet(); round += 1) {
        for (const page of pages) {
          page.answered = 0;
          await send(page, false);
        }
        await settle(20);
        await clock.advance(300);
      }
      await clock.advance(1_000);
      await settle(20);

      const shown = pages.map(({ replica }) => formatWorkflowFile(toShown(replica as Replica).state.document));
      const text = texts.get(path);
      expect(shown).toEqual([text, text]);
      expect(workflowDocumentSchema.safeParse(toShown(pages[0]?.replica as Replica).state.document).success).toBe(true);
      expect(Math.min(...Object.values(counts).slice(0, 3))).toBeGreaterThan(steps / 200);

      const commands = readEvents(disk).flatMap(({ data }) =>
        'command' in data && data.command !== null ? [JSON.stringify(data.command)] : [],
      );
      expect(new Set(commands).size).toBe(commands.length);

      // Undo everything, in a host that knows nothing but its disk.
      await killHost();
      await settle(10);
      const page = pages[0] as Page;
      const depth = () => (page.replica === null ? -1 : toShown(page.replica).state.undo.depth);
      for (let round = 0; depth() !== 0 && round < 30_000; round += 1) {
        wish(page, { type: 'undo' });
        await send(page, false);
        await settle(2);
      }
      expect(depth()).toBe(0);
      await clock.advance(1_000);
      await settle(20);
      expect(texts.get(path)).toBe(firstText);
      hostLife.abort();
    },
    120_000,
  );
});

function readEvents(disk: MemoryDisk): readonly HistoryEvent[] {
  const store = createMemoryEventStore({ disk });
  return store.heads('workflow/').flatMap(({ stream }) => store.read(stream) as readonly HistoryEvent[]);
}
