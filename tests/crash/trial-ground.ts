import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#main/host/system-clock.ts';
import { createTemplateLibrary } from '#main/workspace/template-library.ts';
import { createWorkflowFiles } from '#main/workspace/workflow-files.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { spawnTalking } from '../support/child-lines.ts';
import { hurryScript } from '../support/template-world.ts';
import { buildMortalHost } from './build-mortal-host.ts';
import type { MortalOrders } from './mortal-orders.ts';
import { type LedgerEntry, readBook } from './outside-ledger.ts';

/** A folder for trials with a ledger beside it that outlives every host. */
export interface TrialGround {
  readonly folder: string;
  readonly ledger: string;
  /** The program of a mortal host. */
  readonly hostProgram: string;
  /** A workspace with this template in it, to be copied for each trial; its example inputs, and others in their place. */
  plant(id: string, moreInputs?: JsonObject): Promise<Planted>;
  /** A fresh copy of a planted workspace with a book and a home of its own. */
  open(planted: Planted): Plot;
  close(): Promise<void>;
}

/** A workspace as it was before anything ran. */
export interface Planted {
  readonly id: string;
  readonly folder: string;
  readonly workflowPath: string;
  readonly inputs: JsonObject;
  /** Puts into a new plot what it needs besides the workspace. */
  readonly furnish?: (plot: Plot) => void;
}

/** The place of one trial. */
export interface Plot {
  readonly orders: Omit<MortalOrders, 'dieAfterEvents' | 'death' | 'writesAre'>;
  readonly home: string;
  readonly entries: () => readonly LedgerEntry[];
  remove(): void;
}

const templatesFolder = join(import.meta.dirname, '..', '..', 'resources', 'templates');

/** Builds the host and starts the ledger. */
export async function openTrialGround(): Promise<TrialGround> {
  const program = await buildMortalHost();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-trials-')));
  const ledger = join(folder, 'ledger.sock');
  const ledgerProcess = spawnTalking(process.execPath, [join(import.meta.dirname, 'ledger.main.ts'), ledger], { NODE_NO_WARNINGS: '1' });
  await ledgerProcess.nextLine();
  let plots = 0;

  return {
    folder,
    ledger,
    hostProgram: program.file,
    plant: async (id, moreInputs = {}) => {
      const planted = join(folder, `seed-${id}`);
      mkdirSync(planted);
      const files = createWorkflowFiles(planted, systemClock);
      const { path, exampleInputs } = await createTemplateLibrary(templatesFolder, planted, files).instantiate(id, undefined);
      files.close();
      hurryScript(join(planted, 'scripts', `${id}.script.json`));
      return { id, folder: planted, workflowPath: path, inputs: { ...exampleInputs, ...moreInputs } };
    },
    open: (planted) => {
      const plot = join(folder, `trial-${++plots}`);
      const workspace = join(plot, 'workspace');
      const book = join(plot, 'book.ndjson');
      const home = join(plot, 'home');
      for (const made of [workspace, home]) mkdirSync(made, { recursive: true });
      cpSync(planted.folder, workspace, { recursive: true });
      const opened: Plot = {
        orders: { workspace, ledger, book },
        home,
        entries: () =>
          readBook(book).map((entry) => (entry.type === 'file' ? { ...entry, path: entry.path.slice(workspace.length + 1) } : entry)),
        remove: () => rmSync(plot, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
      };
      planted.furnish?.(opened);
      return opened;
    },
    close: async () => {
      await ledgerProcess.end();
      program.remove();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}
