import { hash } from 'node:crypto';
import type { NewEvent } from '#shared/events/envelope.ts';
import { blobThresholdBytes, type StreamHead } from './event-store.ts';

/** One event as it lies in the journal: its data as JSON text, and the link that ties it to everything before it. */
export interface StoredEvent {
  readonly seq: number;
  readonly type: string;
  readonly version: number;
  readonly atMs: number;
  readonly text: string;
  /** SHA-256 of `text` when the text is large enough to live in a blob file. */
  readonly blobHash: string | undefined;
  readonly hash: string;
}

/** The first event of a stream that can no longer be trusted, and why. */
export interface Damage {
  readonly fromSeq: number;
  readonly reason: string;
}

/** The link before the first event. It depends on the name, so a stream that was renamed or swapped no longer fits. */
export function firstLink(stream: string): string {
  return hash('sha256', `heddle stream ${stream}`);
}

/** Gives an event its place in a stream. The data is frozen into text here; later changes to the object do not matter. */
export function chainEvent(previousLink: string, seq: number, event: NewEvent): StoredEvent {
  const text = JSON.stringify(event.data);
  if (typeof text !== 'string' || !Number.isFinite(event.atMs) || !Number.isSafeInteger(event.version) || !event.type.isWellFormed()) {
    throw new TypeError(`This is not an event: type ${JSON.stringify(event.type)}, version ${event.version}, atMs ${event.atMs}.`);
  }
  const blobHash = isLarge(text) ? sha256(text) : undefined;
  const { type, version, atMs } = event;
  return linkEvent(previousLink, { seq, type, version, atMs, text, blobHash });
}

/** An event with the link that its content and the link before it give. */
export function linkEvent(previousLink: string, event: Omit<StoredEvent, 'hash'>): StoredEvent {
  const { seq, type, version, atMs, text, blobHash } = event;
  return { seq, type, version, atMs, text, blobHash, hash: linkHash(previousLink, seq, type, version, atMs, text, blobHash) };
}

/** Follows the chain from the link after `afterSeq`; undefined when every event fits. */
export function findDamage(afterSeq: number, previousLink: string, events: readonly StoredEvent[]): Damage | undefined {
  let link = previousLink;
  let expectedSeq = afterSeq + 1;
  for (const { seq, type, version, atMs, text, blobHash, hash: storedHash } of events) {
    if (seq !== expectedSeq) return { fromSeq: expectedSeq, reason: `Event ${expectedSeq} is missing; the next one found is ${seq}.` };
    if (blobHash !== undefined && sha256(text) !== blobHash) return { fromSeq: seq, reason: `The blob of event ${seq} was changed.` };
    if (linkHash(link, seq, type, version, atMs, text, blobHash) !== storedHash) {
      return { fromSeq: seq, reason: `The hash of event ${seq} does not match its content or the event before it.` };
    }
    link = storedHash;
    expectedSeq += 1;
  }
  return undefined;
}

/** Compares where a stretch of events ends with where the head says the stream ends. `isEnd`: no more events were found after them. */
export function findEndDamage(
  head: Pick<StreamHead, 'lastSeq' | 'lastHash'>,
  afterSeq: number,
  events: readonly StoredEvent[],
  isEnd: boolean,
): Damage | undefined {
  const newestSeq = afterSeq + events.length;
  const newest = events.at(-1);
  if (newestSeq > head.lastSeq) {
    return { fromSeq: head.lastSeq + 1, reason: `The head says that the stream ends at event ${head.lastSeq}, but more follow.` };
  }
  if (newestSeq < head.lastSeq) {
    return isEnd ? { fromSeq: newestSeq + 1, reason: `Events ${newestSeq + 1} to ${head.lastSeq} are missing.` } : undefined;
  }
  if (newest !== undefined && newest.hash !== head.lastHash)
    return { fromSeq: newestSeq, reason: 'The newest event is not the one that the head names.' };
  return undefined;
}

/** SHA-256 of a text in UTF-8, as 64 hex digits. */
export function sha256(content: string): string {
  return hash('sha256', content);
}

/**
 * What the chain covers. The type is length-prefixed and the text comes last, so no two events share an encoding;
 * a large payload takes part by its own hash.
 */
function linkHash(
  previousLink: string,
  seq: number,
  type: string,
  version: number,
  atMs: number,
  text: string,
  blobHash: string | undefined,
): string {
  const payload = blobHash === undefined ? `data ${text}` : `blob ${blobHash}`;
  return sha256(`${previousLink} ${seq} ${type.length} ${type} ${version} ${atMs} ${payload}`);
}

/** UTF-8 takes at most three bytes per UTF-16 unit, so short texts need no counting. */
function isLarge(text: string): boolean {
  return text.length * 3 > blobThresholdBytes && Buffer.byteLength(text) > blobThresholdBytes;
}
