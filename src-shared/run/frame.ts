/**
 * Frames are paths that nest: run → node attempt → turn → model call or tool call.
 * `writer#1` is an attempt, `writer#1/t2` a turn, `writer#1/t2/m1` a model call, `writer#1/t2/c3` a tool call;
 * a call outside any turn hangs on the attempt (`summary#1/m1`). The same work has the same path in every replay.
 */
export interface Frame {
  readonly node: string;
  readonly attempt: number;
  /** Null on an attempt and on calls outside turns. */
  readonly turn: number | null;
  /** The last part of a call's path (`m1`, `c3`), null on attempts and turns. */
  readonly call: string | null;
}

const framePattern = /^([^#/]+)#(\d+)(?:\/t(\d+))?(?:\/([mc]\d+))?$/;

/** Reads a frame path. Throws on a text that is none: frames come only from our own events. */
export function parseFrame(path: string): Frame {
  const match = framePattern.exec(path);
  if (match === null) throw new Error(`Not a frame: ${path}`);
  return {
    node: match[1] as string,
    attempt: Number(match[2]),
    turn: match[3] === undefined ? null : Number(match[3]),
    call: match[4] ?? null,
  };
}

export function toAttemptFrame(node: string, attempt: number): string {
  return `${node}#${attempt}`;
}

export function toTurnFrame(attemptFrame: string, turn: number): string {
  return `${attemptFrame}/t${turn}`;
}

/** The path of the `ordinal`-th (from 1) model call or tool call below an attempt or turn. */
export function toCallFrame(parentFrame: string, type: 'model' | 'tool', ordinal: number): string {
  return `${parentFrame}/${type === 'model' ? 'm' : 'c'}${ordinal}`;
}
