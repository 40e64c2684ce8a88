import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { HeddleError } from '#shared/base/errors.ts';
import type { TokenUsage } from '#shared/run/message.ts';

/** US dollars per million tokens. Without a price of their own, cached input tokens cost what others do. */
const priceSchema = z.strictObject({
  input: z.number().nonnegative(),
  output: z.number().nonnegative(),
  cachedInput: z.number().nonnegative().optional(),
});

/** Prices by `provider/model`; a name may end in `*`. */
export type PriceTable = Readonly<Record<string, z.infer<typeof priceSchema>>>;

const priceFileSchema = z.strictObject({ about: z.string().optional(), prices: z.record(z.string(), priceSchema) });

/** The built-in table (`resources/prices.json`); rejects with `config.invalid` that names the entry. */
export async function loadPriceTable(path: string): Promise<PriceTable> {
  const text = await readFile(path, 'utf8');
  const parsed = priceFileSchema.safeParse(tryParseJson(text));
  if (parsed.success) return parsed.data.prices;
  throw new HeddleError('config.invalid', `The price table ${path} cannot be used: ${z.prettifyError(parsed.error)}`, {
    details: { path },
  });
}

/** What an answer cost, or null when the model has no price or the provider did not count. */
export function toCostUsd(table: PriceTable, model: string, usage: TokenUsage | null): number | null {
  const price = findPrice(table, model);
  if (price === undefined || usage === null) return null;
  const freshTokens = Math.max(0, usage.inputTokens - usage.cachedInputTokens);
  return (
    (freshTokens * price.input + usage.cachedInputTokens * (price.cachedInput ?? price.input) + usage.outputTokens * price.output) /
    1_000_000
  );
}

/** The entry of this very name, else of the name without its date (`…-2024-08-06`, `…-20250514`, `…-latest`), else of the longest fitting `…*`. */
function findPrice(table: PriceTable, model: string): PriceTable[string] | undefined {
  const undated = model.replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/, '');
  for (const name of [model, undated]) if (Object.hasOwn(table, name)) return table[name];
  const patterns = Object.keys(table).filter((name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)));
  const longest = patterns.sort((left, right) => right.length - left.length)[0];
  return longest === undefined ? undefined : table[longest];
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
