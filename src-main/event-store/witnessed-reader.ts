import type { StreamVerdict } from './event-store.ts';
import type { JournalReader, StreamRow } from './sqlite-reader.ts';

/** A reader that also knows which streams had come further than the database says, and blames them for the end that they lost. */
export function withLostEnds(reader: JournalReader, lost: ReadonlyMap<string, number>): JournalReader {
  if (lost.size === 0) return reader;

  const explain = (lastSeq: number, lostSeq: number): string =>
    `Events ${lastSeq + 1} to ${lostSeq} were acknowledged and are gone: the end of the journal was damaged before it was moved into the database.`;

  function mark(row: StreamRow): StreamRow {
    const lostSeq = lost.get(row.name) ?? 0;
    return lostSeq <= row.lastSeq ? row : { ...row, endProblem: row.endProblem ?? explain(row.lastSeq, lostSeq) };
  }

  /** A stream of which nothing is left. */
  function toGone(name: string, lostSeq: number): StreamRow {
    return { id: goneId, name, lastSeq: 0, lastHash: '', endProblem: explain(0, lostSeq) };
  }

  function findStream(name: string): StreamRow | undefined {
    const row = reader.findStream(name);
    if (row !== undefined) return mark(row);
    const lostSeq = lost.get(name);
    return lostSeq === undefined ? undefined : toGone(name, lostSeq);
  }

  function toVerdict(verdict: StreamVerdict): StreamVerdict {
    const lostSeq = lost.get(verdict.stream);
    if (verdict.status === 'damaged' || lostSeq === undefined || lostSeq <= verdict.events) return verdict;
    const { stream, events } = verdict;
    return { stream, status: 'damaged', fromSeq: events + 1, reason: explain(events, lostSeq), readableEvents: events };
  }

  return {
    ...reader,
    findStream,
    listStreams(prefix) {
      const { rows, problems } = reader.listStreams(prefix);
      const named = new Set(rows.map(({ name }) => name));
      const gone = [...lost]
        .filter(([name]) => name.startsWith(prefix) && !named.has(name))
        .map(([name, lostSeq]) => toGone(name, lostSeq));
      return { rows: [...rows.map(mark), ...gone], problems };
    },
    readStretch(row, afterSeq, limit) {
      const lostSeq = lost.get(row.name);
      if (lostSeq === undefined || lostSeq <= row.lastSeq) return reader.readStretch(row, afterSeq, limit);
      const loss = { fromSeq: row.lastSeq + 1, reason: explain(row.lastSeq, lostSeq) };
      if (row.id === goneId) return { events: [], damage: loss };
      const stretch = reader.readStretch({ ...row, endProblem: undefined }, afterSeq, limit);
      const isAtEnd = afterSeq + stretch.events.length >= row.lastSeq;
      return stretch.damage === undefined && isAtEnd ? { ...stretch, damage: loss } : stretch;
    },
    checkStream(row) {
      const lostSeq = lost.get(row.name);
      if (row.id === goneId && lostSeq !== undefined)
        return { stream: row.name, status: 'damaged', fromSeq: 1, reason: explain(0, lostSeq), readableEvents: 0 };
      return toVerdict(reader.checkStream(lostSeq === undefined ? row : { ...row, endProblem: undefined }));
    },
    checkAll() {
      const { streams, storageProblems } = reader.checkAll();
      const known = new Set(streams.map(({ stream }) => stream));
      const gone = [...lost].filter(([stream]) => !known.has(stream));
      return {
        storageProblems,
        streams: [
          ...streams.map(toVerdict),
          ...gone.map(([stream, lostSeq]) => ({
            stream,
            status: 'damaged' as const,
            fromSeq: 1,
            reason: explain(0, lostSeq),
            readableEvents: 0,
          })),
        ],
      };
    },
  };
}

/** No stream has it. */
const goneId = -1;
