import { HeddleError, toErrorInfo, toHeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { MapConfig } from '#shared/nodes/map/map.ts';
import { type Aggregated, aggregate, type ItemResult, isEnough } from '#shared/run/aggregate.ts';
import type { Executor, NodeContext } from '../runtime/executor.ts';
import { evaluateIn, renderAllIn } from './expressions.ts';
import { requireWorkflow } from './subflow.ts';

/** Runs a workflow for each item, at most `parallel` at once. What an item failed with is kept beside the results of the others. */
export const runMap: Executor<MapConfig> = async (config, context) => {
  requireWorkflow(context, config.workflow);
  const items = evaluateIn(context, config.items);
  if (!Array.isArray(items)) {
    throw new HeddleError(
      'node.outputInvalid',
      `A map needs a list; “${config.items}” gives ${items === null ? 'null' : `a ${typeof items}`}.`,
    );
  }
  if (items.length > mostItems) {
    throw new HeddleError(
      'node.outputInvalid',
      `A map takes at most ${mostItems} items; “${config.items}” gives ${items.length}. Let each item be a list of several.`,
    );
  }
  const results = await runItems(config, context, items as readonly JsonValue[]);
  const failures = results.flatMap((result) => (result.type === 'failed' ? [result] : [])).sort((a, b) => a.index - b.index);
  const [first] = failures;
  if (first !== undefined && config.onItemFailure === 'fail')
    throw toHeddleError({ ...first.error, isRetryable: first.error.isRetryable ?? true });
  const aggregated = toValue(config, context, results, items.length);
  return {
    results: aggregated.value,
    failures: failures.map(({ index, item, error }) => ({ index, item, error: { code: error.code, message: error.message } })),
  };
};

/** Every item is kept in the run's state, and each event copies the list of them: more would cost minutes and memory without end. */
const mostItems = 100_000;

async function runItems(config: MapConfig, context: NodeContext, items: readonly JsonValue[]): Promise<readonly ItemResult[]> {
  const results: ItemResult[] = [];
  const enough = new AbortController();
  let nextIndex = 0;

  async function work(): Promise<void> {
    while (nextIndex < items.length && !enough.signal.aborted) {
      const index = nextIndex;
      nextIndex += 1;
      const item = items[index] ?? null;
      const result = await runItem(config, context, item, index, enough.signal);
      if (result === undefined) continue;
      results.push(result);
      const isOver = isEnough(config, results, items.length) || (result.type === 'failed' && config.onItemFailure === 'fail');
      if (isOver) enough.abort();
    }
  }

  const settled = await Promise.allSettled(Array.from({ length: Math.min(config.parallel, items.length) }, work));
  // All workers have ended before the first failure is thrown, so that no item outlives its map.
  for (const worker of settled) if (worker.status === 'rejected') throw worker.reason;
  return results;
}

async function runItem(
  config: MapConfig,
  context: NodeContext,
  item: JsonValue,
  index: number,
  signal: AbortSignal,
): Promise<ItemResult | undefined> {
  try {
    const inputs = toItemInputs(config, context, item, index);
    const outcome = await context.runScope({ index, workflowPath: config.workflow, inputs, signal });
    switch (outcome.type) {
      case 'succeeded':
        return { type: 'succeeded', index, endedSeq: outcome.endedSeq, outputs: outcome.outputs };
      case 'failed':
        return { type: 'failed', index, item, error: outcome.error };
      case 'cancelled':
        return undefined;
    }
  } catch (thrown) {
    if (context.signal.aborted || !(thrown instanceof HeddleError) || !isOfItem(thrown)) throw thrown;
    return { type: 'failed', index, item, error: toErrorInfo(thrown) };
  }
}

/** What is wrong with one item's inputs is that item's failure. */
function isOfItem({ code }: HeddleError): boolean {
  return code.startsWith('expression.') || code === 'run.inputInvalid';
}

/** Without inputs of its own, the item goes to the only input of the workflow. */
function toItemInputs(config: MapConfig, context: NodeContext, item: JsonValue, index: number): JsonObject {
  if (Object.keys(config.inputs).length > 0) return renderAllIn(context, config.inputs, { item, index }) as JsonObject;
  const [only, ...more] = context.inputNamesOf(config.workflow);
  if (only === undefined) return {};
  if (more.length > 0) {
    throw new HeddleError(
      'config.invalid',
      `“${config.workflow}” has ${more.length + 1} inputs. Say under “Inputs of each run” which of them gets the item, as {{ item }}.`,
    );
  }
  return { [only]: item };
}

function toValue(
  config: MapConfig,
  context: NodeContext,
  results: readonly ItemResult[],
  total: number,
): Extract<Aggregated, { type: 'value' }> {
  const aggregated = aggregate(config, results, total, (source, names) => evaluateIn(context, source, names));
  if (aggregated.type === 'missed') throw new HeddleError('node.failed', aggregated.message);
  return aggregated;
}
