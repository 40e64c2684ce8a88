import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '#shared/base/clock.ts';

/**
 * Cuts off connections that take nothing of what waits for them: a page that was put to sleep, a process that was stopped.
 * They hold memory and can come back: streams resume by `afterSeq`. Returns the function that ends the watch.
 */
export function cutOffStalledClients(server: Server, clock: Clock, { lookEveryMs = 10_000, mostLooks = 3 } = {}): () => void {
  const stalls = new Map<Socket, { readonly taken: number; readonly looks: number }>();
  let cancel: () => void;

  server.on('connection', (socket) => {
    stalls.set(socket, { taken: 0, looks: 0 });
    socket.once('close', () => stalls.delete(socket));
  });
  const look = (): void => {
    for (const [socket, before] of stalls) {
      const taken = socket.bytesWritten - socket.writableLength;
      const looks = socket.writableLength > 0 && taken === before.taken ? before.looks + 1 : 0;
      stalls.set(socket, { taken, looks });
      if (looks >= mostLooks) socket.destroy();
    }
    cancel = clock.schedule(lookEveryMs, look);
  };
  cancel = clock.schedule(lookEveryMs, look);
  return () => cancel();
}
