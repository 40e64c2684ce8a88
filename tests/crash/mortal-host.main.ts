/**
 * The real host, composed as always, that kills itself with SIGKILL at a place in its journal, and whose file writes are seen by the ledger outside.
 * `node mortal-host.main.ts <orders as JSON>`; says where it listens when it has taken up what was running.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { EventStore } from '#main/event-store/event-store.ts';
import { createHost } from '#main/host/composition.ts';
import type { Tool } from '#main/tools/tool.ts';
import { readConfiguration } from '#main/workspace/configuration.ts';
import type { MortalOrders } from './mortal-orders.ts';
import { tellLedger } from './outside-ledger.ts';

const orders = JSON.parse(process.argv[2] ?? '') as MortalOrders;
let writesAtWork = 0;
let isDoomed = false;

const configuration = await readConfiguration({ env: process.env, cwd: orders.workspace, fallbackWorkspace: orders.workspace, flags: {} });
const host = createHost(configuration, {
  aroundStore: (store) => (orders.dieAfterEvents === null ? store : toMortalStore(store, orders.dieAfterEvents)),
  aroundToolbox: (toolbox) => ({ ...toolbox, find: async (name, signal) => toWatchedTool(await toolbox.find(name, signal)) }),
});
process.on('disconnect', () => process.exit(0));
const { url, token } = await host.listen();
await host.recover();
process.stdout.write(`${JSON.stringify({ url, token })}\n`);

/** Lets this many events reach the disk and no more; what was recorded after them in the same breath is lost, as when the power goes. */
function toMortalStore(store: EventStore, mostEvents: number): EventStore {
  let left = mostEvents;
  let isOnDisk = 0;
  if (orders.death === 'atOnce') {
    store.onCommitted((events) => {
      isOnDisk += events.length;
      if (isOnDisk >= mostEvents) die();
    });
  }
  return {
    ...store,
    append: async (stream, expectedSeq, events) => {
      if (left === 0) return await new Promise<never>(() => undefined);
      const taken = events.slice(0, left);
      left -= taken.length;
      const isLast = left === 0;
      const appended = await store.append(stream, expectedSeq, taken);
      // Whoever waits for this event acts on it first: an effect may happen whose result is never written down.
      if (isLast) setImmediate(dieWhenEffectsAreDone);
      return appended;
    },
  };
}

function dieWhenEffectsAreDone(): void {
  isDoomed = true;
  if (writesAtWork === 0) die();
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function toWatchedTool(tool: Tool): Tool {
  if (tool.definition.name !== 'write_file') return tool;
  return {
    definition: tool.definition,
    effectOf: (args) => (orders.writesAre === 'neither' ? 'neither' : tool.effectOf(args)),
    run: async (args, context) => {
      const path = join(orders.workspace, String(args.path));
      const { book } = orders;
      writesAtWork += 1;
      try {
        if (orders.writesAre === 'idempotent') await tellLedger(orders.ledger, { book, look: path });
        const result = await tool.run(args, context);
        if (orders.writesAre === 'idempotent') await tellLedger(orders.ledger, { book, look: path });
        else {
          const about = createHash('sha256').update(JSON.stringify(args)).digest('hex');
          await tellLedger(orders.ledger, { book, write: { type: 'call', tool: 'write_file', key: context.idempotencyKey, about } });
        }
        return result;
      } finally {
        writesAtWork -= 1;
        if (isDoomed) die();
      }
    },
  };
}
