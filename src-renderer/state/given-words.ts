import type { GivenSource } from '#shared/run/part.ts';
import { toShortId } from './runs.ts';

/** Where the outputs of a node come from that does not run. */
export function toGivenWords(source: GivenSource): string {
  switch (source.type) {
    case 'pinned':
      return 'pinned';
    case 'recorded':
      return `from run #${toShortId(source.runId)}`;
    case 'typed':
      return 'given by hand';
  }
}
