import { HeddleError } from '#shared/base/errors.ts';
import type { Configuration } from '../workspace/configuration.ts';
import { createHost, type Host } from './composition.ts';

/** How a host tells that it serves. */
export interface ServeOptions {
  /** One line of JSON instead of words for people: for programs that start a host. */
  readonly saysJson: boolean;
  readonly write: (line: string) => void;
  /** Called when a signal or the end of the parent has closed the host. */
  readonly onClosed: () => void;
}

/** Serves a workspace until a signal, or until the process that started it is gone. Rejects when it cannot start. */
export async function serve(configuration: Configuration, options: ServeOptions): Promise<void> {
  const host = createHost(configuration);
  // A library that drops a promise must not take every run with it: it is a bug to report, and Node's default would end the process.
  process.on('unhandledRejection', (reason) => host.services.reportBug(host.services.newId(), 'unhandled rejection', reason));
  const { url, port, token } = await host.listen().catch(async (error: unknown) => {
    await host.close();
    throw error;
  });
  const closeOnce = createClose(host, options.onClosed);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, closeOnce);
  process.on('disconnect', closeOnce);
  // Whoever started it may be gone already; false means that there was a channel.
  if (process.connected === false) closeOnce();

  const address = `${url}/?token=${token}`;
  if (options.saysJson) options.write(JSON.stringify({ type: 'ready', url: address, port, pid: process.pid, workspace: host.root }));
  else for (const line of toWords(host, address)) options.write(line);
  await host.recover();
}

/** The refusal of a start in words, with the way on. */
export function toStartFailure(thrown: unknown): string {
  if (thrown instanceof HeddleError) return `heddle: ${thrown.message}`;
  return `heddle: the host could not start because of a fault in it: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`;
}

/** The second signal does not wait for anything. */
function createClose(host: Host, onClosed: () => void): () => void {
  let isClosing = false;
  return () => {
    if (isClosing) process.exit(130);
    isClosing = true;
    host.close().then(onClosed, (error: unknown) => {
      console.error(toStartFailure(error));
      process.exit(1);
    });
  };
}

function toWords(host: Host, address: string): string[] {
  const { readOnlyReason } = host.services.info();
  return [
    `Heddle serves ${host.root}${readOnlyReason === null ? '' : ' (for reading only)'}`,
    ...(readOnlyReason === null ? [] : [readOnlyReason]),
    '',
    `  ${address}`,
    '',
    'Open this address in a browser. Ctrl-C stops the host.',
  ];
}
