import type { Server } from 'node:http';

/**
 * Cuts off connections that take nothing of what waits for them: a page that was put to sleep, a process that was stopped.
 * They hold memory and can come back: streams resume by `afterSeq`. WebSockets are pinged instead.
 */
export function cutOffStalledClients(server: Server, afterMs = 30_000): void {
  // Node's own timer sees every byte that the system takes; it also fires where nothing waits, and that is no stall.
  server.setTimeout(afterMs, (socket) => {
    if (socket.writableLength > 0) socket.destroy();
  });
}
