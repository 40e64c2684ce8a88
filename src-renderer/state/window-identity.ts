/** What this window calls itself where several edit the same workflow; another one after each reload. */
export const windowId: string = crypto.randomUUID();

const lockPrefix = 'heddle.window:';

/** Held for as long as this window lives; the browser lets go of it when the window is gone, however that came. */
function holdLock(): void {
  void locks()?.request(`${lockPrefix}${windowId}`, () => new Promise(() => undefined));
}

/** The windows of this browser that are open now, this one included. */
export async function listOpenWindows(): Promise<ReadonlySet<string>> {
  const held = (await locks()?.query())?.held ?? [];
  return new Set([windowId, ...held.flatMap(({ name }) => (name?.startsWith(lockPrefix) ? [name.slice(lockPrefix.length)] : []))]);
}

/** Pages that are not served over a safe line have no locks. */
function locks(): LockManager | undefined {
  return typeof navigator === 'undefined' ? undefined : navigator.locks;
}

holdLock();
