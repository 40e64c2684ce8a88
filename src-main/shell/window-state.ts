import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** A rectangle on the desktop, in pixels of the system's scale. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a workspace was last seen. The port is kept because the window's own storage belongs to it. */
export interface WindowState {
  readonly bounds?: Bounds | undefined;
  readonly isMaximised?: boolean | undefined;
  readonly port?: number | undefined;
}

/** What the windows looked like, by workspace; kept in one file. */
export interface WindowStates {
  get(workspace: string): WindowState;
  /** Merges what is known now into what was known. */
  set(workspace: string, state: WindowState): void;
}

/** Reads the file once. It is a convenience: what cannot be read or written is as if it were not there. */
export function openWindowStates(path: string): WindowStates {
  let states = read(path);
  return {
    get: (workspace) => states[workspace] ?? {},
    set: (workspace, state) => {
      states = { ...states, [workspace]: { ...states[workspace], ...state } };
      try {
        writeFileSync(path, `${JSON.stringify(states, null, 2)}\n`);
      } catch (error) {
        console.error(`The state of the window was not saved: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

/** Bounds that can be seen and grabbed: a screen that was unplugged must not hide the window. Undefined leaves the place to the system. */
export function toVisibleBounds(bounds: Bounds | undefined, workAreas: readonly Bounds[]): Bounds | undefined {
  if (bounds === undefined) return undefined;
  return workAreas.some((area) => canBeGrabbed(bounds, area)) ? bounds : undefined;
}

/** A good part of the title bar lies in the area. */
function canBeGrabbed(bounds: Bounds, area: Bounds): boolean {
  const visibleWidth = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  return visibleWidth >= 120 && bounds.y >= area.y && bounds.y + 40 <= area.y + area.height;
}

const boundsSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(320).max(20_000),
  height: z.int().min(240).max(20_000),
});
const statesSchema = z.record(
  z.string(),
  z.object({ bounds: boundsSchema.optional(), isMaximised: z.boolean().optional(), port: z.int().min(1).max(65_535).optional() }),
);

function read(path: string): Record<string, WindowState> {
  try {
    return statesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}
