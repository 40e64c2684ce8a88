/** What a mortal host is told when it is started. */
export interface MortalOrders {
  readonly workspace: string;
  /** The socket of the ledger outside, and the book that it shall write to. */
  readonly ledger: string;
  readonly book: string;
  /** It dies when so many events of its life are on disk; null for a host that lives. */
  readonly dieAfterEvents: number | null;
  /** Before anyone hears that the last event is on disk, or after the effects that follow from it have happened. */
  readonly death: 'atOnce' | 'afterEffects';
  /** What `write_file` promises: its own word, or that of a payment. */
  readonly writesAre: 'idempotent' | 'neither';
}
