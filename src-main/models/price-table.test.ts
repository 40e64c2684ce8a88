import { describe, expect, it } from 'vitest';
import { loadPriceTable, type PriceTable, toCostUsd } from './price-table.ts';

const table: PriceTable = {
  'a/m': { input: 2, output: 8, cachedInput: 0.5 },
  'a/m-mini': { input: 1, output: 1 },
  'a/*': { input: 100, output: 100 },
  'a/long*': { input: 50, output: 50 },
};
const usage = { inputTokens: 1_000_000, outputTokens: 500_000, cachedInputTokens: 400_000 };

describe('what an answer cost', () => {
  it('counts fresh, cached and written tokens by their own price', () => {
    expect(toCostUsd(table, 'a/m', usage)).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.5 * 8, 10);
    expect(toCostUsd(table, 'a/m-mini', usage)).toBeCloseTo(1 + 0.5, 10);
  });

  it.each([
    ['a/m-2024-08-06', 5.4],
    ['a/m-20250514', 5.4],
    ['a/m-latest', 5.4],
    ['a/m-audio', 150],
    ['a/longer', 75],
  ])('of %s follows the nearest entry', (model, cost) => expect(toCostUsd(table, model, usage)).toBeCloseTo(cost, 10));

  it('is unknown, not nothing, without a price or a count', () => {
    expect(toCostUsd(table, 'b/m', usage)).toBeNull();
    expect(toCostUsd(table, 'constructor', usage)).toBeNull();
    expect(toCostUsd(table, 'a/m', null)).toBeNull();
  });

  it('is nothing for models that run here, and known for common ones', async () => {
    const builtIn = await loadPriceTable('resources/prices.json');
    expect(toCostUsd(builtIn, 'scripted/demo', usage)).toBe(0);
    expect(toCostUsd(builtIn, 'ollama/qwen3:8b', usage)).toBe(0);
    expect(toCostUsd(builtIn, 'openai/gpt-4o-mini-2024-07-18', usage)).toBeGreaterThan(0);
    expect(toCostUsd(builtIn, 'anthropic/claude-sonnet-4-20250514', usage)).toBeGreaterThan(0);
  });

  it('cannot be read from a table with a wrong entry', async () => {
    await expect(loadPriceTable('package.json')).rejects.toMatchObject({ code: 'config.invalid' });
  });
});
