/**
 * Frames are paths that nest: run → node attempt → turn → model call or tool call.
 * `writer#1` is an attempt, `writer#1/t2` a turn, `writer#1/t2/m1` a model call, `writer#1/t2/c3` a tool call, `pause#1/w1` a wait;
 * a call outside any turn hangs on the attempt (`summary#1/m1`). What a map, loop or subflow runs is a scope below its attempt
 * (`each#1/i3`, the item with index 3), and what happens in there has the scope's path before its own (`each#1/i3/writer#1/t2`).
 * The same work has the same path in every replay.
 */
export interface Frame {
  /** The node's address: its id, behind the path of the scope that it is in. */
  readonly node: string;
  readonly attempt: number;
  /** Null on an attempt and on calls outside turns. */
  readonly turn: number | null;
  /** The last part of a call's or wait's path (`m1`, `c3`, `w1`), null on attempts and turns. */
  readonly call: string | null;
}

const framePattern = /^((?:[^#/]+#\d+\/i\d+\/)*[^#/]+)#(\d+)(?:\/t(\d+))?(?:\/([mcw]\d+))?$/;

/** Reads a frame path. Throws on a text that is none: frames come only from our own events. */
export function parseFrame(path: string): Frame {
  if (path !== lastRead?.path) lastRead = { path, frame: readFrame(path) };
  return lastRead.frame;
}

/** An event asks for the same frame several times on its way. */
let lastRead: { readonly path: string; readonly frame: Frame } | undefined;

/** By hand, as every event names a frame; what is in a scope or looks odd is left to the pattern. */
function readFrame(path: string): Frame {
  const hash = path.indexOf('#');
  const slash = path.indexOf('/');
  const attempt = readNumber(path, hash + 1, slash === -1 ? path.length : slash);
  if (hash < 1 || attempt === undefined) return matchFrame(path);
  const node = path.slice(0, hash);
  if (slash === -1) return { node, attempt, turn: null, call: null };
  const last = path.indexOf('/', slash + 1);
  const isTurn = path[slash + 1] === 't';
  const turn = isTurn ? readNumber(path, slash + 2, last === -1 ? path.length : last) : null;
  if (isTurn && last === -1 && turn !== undefined) return { node, attempt, turn, call: null };
  const callAt = isTurn ? last + 1 : slash + 1;
  const letter = path[callAt];
  const isCall = (letter === 'm' || letter === 'c' || letter === 'w') && readNumber(path, callAt + 1, path.length) !== undefined;
  return isCall && turn !== undefined ? { node, attempt, turn, call: path.slice(callAt) } : matchFrame(path);
}

/** The number that these digits write; undefined when there are none, or other things among them. */
function readNumber(text: string, from: number, to: number): number | undefined {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return from < to ? number : undefined;
}

function matchFrame(path: string): Frame {
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

const callLetters = { model: 'm', tool: 'c', wait: 'w' } as const;
/** What can hang on an attempt or turn. */
export type CallType = keyof typeof callLetters;

/** The path of the `ordinal`-th (from 1) model call, tool call or wait below an attempt or turn. */
export function toCallFrame(parentFrame: string, type: CallType, ordinal: number): string {
  return `${parentFrame}/${callLetters[type]}${ordinal}`;
}

/** The path of the scope with this index (from 0) below an attempt. */
export function toScopePath(attemptFrame: string, index: number): string {
  return `${attemptFrame}/i${index}`;
}

/** One step down into a scope: the id of the node that opened it, by which attempt, at which index. */
export interface ScopeStep {
  readonly node: string;
  readonly attempt: number;
  readonly index: number;
}

/** Where something is: the scopes that lead to it, and its id in the innermost. The run itself is no step. */
export interface Address {
  readonly scopes: readonly ScopeStep[];
  readonly id: string;
}

/** Reads a node's address. */
export function parseAddress(address: string): Address {
  const end = address.lastIndexOf('/');
  return end === -1 ? { scopes: noSteps, id: address } : { scopes: parseScopePath(address.slice(0, end)), id: address.slice(end + 1) };
}

const noSteps: readonly ScopeStep[] = [];

/** The steps of a scope's path; none for the run's own scope, whose path is empty. */
export function parseScopePath(path: string): readonly ScopeStep[] {
  if (path === '') return noSteps;
  const parts = path.split('/');
  const steps: ScopeStep[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const [node, attempt] = (parts[at] ?? '').split('#');
    const index = Number((parts[at + 1] ?? '').slice(1));
    if (node === undefined || attempt === undefined || !Number.isInteger(index)) throw new Error(`Not a scope: ${path}`);
    steps.push({ node, attempt: Number(attempt), index });
  }
  return steps;
}

/** The path of the scope that a node is in; empty for the run's own. */
export function scopeOf(address: string): string {
  const end = address.lastIndexOf('/');
  return end === -1 ? '' : address.slice(0, end);
}

/** The address of a node in a scope. */
export function toAddress(scope: string, id: string): string {
  return scope === '' ? id : `${scope}/${id}`;
}

/** A change to a whole graph as `planNext` is told of it: the scope's path with a slash behind it. */
export function toWholeGraph(scope: string): string {
  return `${scope}/`;
}

/** The attempt that opened a scope. Throws on the run's own scope, which nothing opened. */
export function openerOf(scope: string): Frame {
  return parseFrame(scope.slice(0, scope.lastIndexOf('/')));
}
