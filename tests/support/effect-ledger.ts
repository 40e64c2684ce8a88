import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that writes down every request that reaches it: the outside effects that really happened. */
export interface EffectLedger {
  readonly origin: string;
  /** `127.0.0.1:port`, to be granted in the settings. */
  readonly host: string;
  /** Paths in the order in which they were asked for. */
  readonly entries: readonly string[];
  close(): Promise<void>;
}

/** Answers every request with `{"done": path}`. */
export async function startEffectLedger(): Promise<EffectLedger> {
  const entries: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      entries.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ done: request.url }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    entries,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
