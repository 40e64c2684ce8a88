/** What packing one stream did. */
export interface PackedStream {
  readonly stream: string;
  /** Events that were packed now; 0 when there was nothing to pack. */
  readonly events: number;
  /** Bytes that those events took as rows, and take now. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** What is on disk, in bytes. */
export interface JournalSizes {
  readonly journalBytes: number;
  readonly blobBytes: number;
  readonly cacheBytes: number;
}

/** A backup that was written and checked. */
export interface WrittenBackup {
  readonly path: string;
  readonly bytes: number;
  readonly streams: number;
  readonly events: number;
  /** Streams that are damaged in the journal and so in the backup of it. */
  readonly damaged: readonly string[];
}

/** Looking after the journal as a whole, while it is in use. One thing is done at a time; whoever comes second waits. */
export interface JournalUpkeep {
  /** How much of a stream is not packed yet: its events, and the bytes of them. */
  loose(stream: string): { readonly events: number; readonly bytes: number };
  /**
   * Compresses the events of a stream that has ended, for good: they read as before. The chain is checked before, and what was packed is
   * unpacked and compared; then rows give way to packs in one transaction. Rejects with `journal.damaged` and changes nothing if it does not hold.
   */
  pack(stream: string): Promise<PackedStream>;
  /** Returns to the disk what packing freed; resolves to the bytes by which the file became smaller. */
  giveSpaceBack(): Promise<number>;
  sizes(): JournalSizes;
  /**
   * Writes all that was acknowledged when it began, and maybe some of what came since, into one new file, blobs included, and checks the chain of
   * every event in it. Rejects with `backup.exists` when there is something at `path`.
   */
  backUp(path: string, about: { readonly atMs: number; readonly version: string; readonly workspace: string }): Promise<WrittenBackup>;
}
