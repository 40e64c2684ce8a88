import { hash } from 'node:crypto';
import { HeddleError } from '#shared/base/errors.ts';

/** Registered services live below, ports for outgoing connections above. */
const firstPort = 20_000;
const portCount = 12_000;

/**
 * Listens on the port that was asked for; when any will do (0), on the one that belongs to the workspace, and only if that is taken on a free one.
 * Browsers keep a page's storage by origin, which includes the port: the same port each time brings layout and unsaved copies back.
 */
export async function listenWhereLast<Listening>(
  asked: number,
  workspace: string,
  serveAt: (port: number) => Promise<Listening>,
): Promise<Listening> {
  if (asked !== 0) return serveAt(asked);
  try {
    return await serveAt(toWorkspacePort(workspace));
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'host.portInUse') return serveAt(0);
    throw error;
  }
}

/** The port of a workspace: the same for the same folder, spread evenly over the others. */
function toWorkspacePort(workspace: string): number {
  return firstPort + (hash('sha256', workspace, 'buffer').readUInt32BE(0) % portCount);
}
