/**
 * What host and child say to each other, one JSON text a frame. Types only: the child must stay free of imports,
 * and the host parses every reply with a schema, because a child that ran hostile code is hostile.
 */

/** Host to child: run this. */
export interface JobMessage {
  readonly jobId: number;
  readonly source: string;
  /** The input as JSON text; it is parsed inside the isolate. */
  readonly inputText: string;
  readonly cpuMs: number;
  readonly memoryMb: number;
  /** Growth of the child's resident memory at which the job ends. */
  readonly residentGrowthBytes: number;
  readonly outputBytes: number;
  readonly logBytes: number;
}

export type LogMessage = readonly ['log' | 'warn' | 'error', string];

/** Child to host. */
export type ReplyMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'returned'; readonly jobId: number; readonly valueText: string; readonly logs: readonly LogMessage[] }
  | {
      readonly kind: 'threw';
      readonly jobId: number;
      readonly name: string;
      readonly message: string;
      readonly line?: number;
      readonly column?: number;
      readonly logs: readonly LogMessage[];
    }
  | { readonly kind: 'exceeded'; readonly jobId: number; readonly limit: 'cpu' | 'memory' };

/** Nesting that a returned value may have; deeper ones break recursive readers further on. */
export const maximumValueDepth = 100;
