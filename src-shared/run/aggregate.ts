import type { ErrorInfo } from '../base/errors.ts';
import { type JsonObject, type JsonValue, toCanonicalJson } from '../base/json.ts';
import type { Aggregation } from '../nodes/map/map.ts';

/** What one of several pieces of work came to. */
export type ItemResult =
  | { readonly type: 'succeeded'; readonly index: number; readonly endedSeq: number; readonly outputs: JsonObject }
  | { readonly type: 'failed'; readonly index: number; readonly item: JsonValue; readonly error: ErrorInfo };

/** How results are to become one value. */
export interface AggregationOrder {
  readonly aggregation: Aggregation;
  /** For `first` and `quorum`. */
  readonly count: number;
  /** CEL over `total`, `result` and `index`, for `reduce`. */
  readonly reduce: string;
}

export type Aggregated = { readonly type: 'value'; readonly value: JsonValue } | { readonly type: 'missed'; readonly message: string };

/**
 * The results so far as one value, also while more are to come. Results count in the order of their ends for `first` and `quorum`, by index otherwise.
 * One output counts as itself, several as a record. Too few for `first`, or no agreement for `quorum`, is `missed`, with words.
 */
export function aggregate(
  { aggregation, count, reduce }: AggregationOrder,
  results: readonly ItemResult[],
  total: number,
  evaluate: (source: string, names: JsonObject) => JsonValue,
): Aggregated {
  const succeeded = listSucceeded(results).sort((a, b) => a.endedSeq - b.endedSeq);
  const byIndex = [...succeeded].sort((a, b) => a.index - b.index);
  switch (aggregation) {
    case 'list':
      return { type: 'value', value: byIndex.map(({ outputs }) => toOne(outputs)) };
    case 'merge':
      return { type: 'value', value: Object.fromEntries(byIndex.flatMap(({ outputs }) => Object.entries(outputs))) };
    case 'first': {
      if (succeeded.length < Math.min(count, total)) {
        return { type: 'missed', message: `${count} results are needed, and only ${succeeded.length} of ${total} items gave one.` };
      }
      return { type: 'value', value: succeeded.slice(0, count).map(({ outputs }) => toOne(outputs)) };
    }
    case 'quorum': {
      const agreed = findAgreement(succeeded, count);
      if (agreed === undefined) return { type: 'missed', message: `No result was given by ${count} of ${total} items.` };
      return { type: 'value', value: agreed };
    }
    case 'reduce': {
      const value = byIndex.reduce<JsonValue>(
        (sum, { outputs, index }) => evaluate(reduce, { total: sum, result: toOne(outputs), index }),
        null,
      );
      return { type: 'value', value };
    }
  }
}

/** Whether the results so far decide the value, so that the rest need not be waited for. */
export function isEnough({ aggregation, count }: AggregationOrder, results: readonly ItemResult[], total: number): boolean {
  switch (aggregation) {
    case 'first':
      return listSucceeded(results).length >= count;
    case 'quorum':
      return total > 0 && findAgreement(listSucceeded(results), count) !== undefined;
    case 'list':
    case 'merge':
    case 'reduce':
      // All of them count.
      return false;
  }
}

function listSucceeded(results: readonly ItemResult[]): Extract<ItemResult, { type: 'succeeded' }>[] {
  return results.flatMap((result) => (result.type === 'succeeded' ? [result] : []));
}

function findAgreement(results: readonly { readonly outputs: JsonObject }[], count: number): JsonValue | undefined {
  const votes = new Map<string, number>();
  for (const { outputs } of results) {
    const value = toOne(outputs);
    const key = toCanonicalJson(value);
    const now = (votes.get(key) ?? 0) + 1;
    if (now >= count) return value;
    votes.set(key, now);
  }
  return undefined;
}

/** A single output as itself, several as a record. */
export function toOne(outputs: JsonObject): JsonValue {
  const values = Object.values(outputs);
  return values.length === 1 ? (values[0] ?? null) : outputs;
}
