/** A snapshot that was taken of a stream: everything up to `seq` went into the value that is stored as the part `root`. */
export interface Snapshot {
  readonly seq: number;
  readonly root: string;
}

/** A piece of a value under the SHA-256 of its text. */
export interface SnapshotPart {
  readonly hash: string;
  readonly text: string;
}

/**
 * Folds of streams, kept so that nobody has to fold again. All of it may be deleted at any time and nothing in it is the truth:
 * a snapshot is given only to the build that took it and only while the stream has, at that place, the very event it had then.
 * Whoever reads a part compares its hash. Nothing here throws: what cannot be read is missing, what cannot be written is not kept.
 */
export interface SnapshotCache {
  /** The newest snapshot of a stream that has no event after `atSeq` in it. */
  find(stream: string, atSeq: number): Snapshot | undefined;
  readPart(hash: string): Buffer | undefined;
  /** Keeps parts until a snapshot that refers to them is saved; says whether it did. */
  addParts(parts: readonly SnapshotPart[]): boolean;
  /** Keeps a snapshot whose parts have all been added; says whether it did. */
  save(stream: string, snapshot: Snapshot): boolean;
  /** Forgets everything, because something in it was not what it should be. */
  clear(): void;
}
