import type { NodePolicy } from '#shared/workflow/document.ts';
import { toolSpecs } from '../simulated-tools.ts';
import type { KindGenerator } from './kind-generator.ts';

/** A call of one tool. One that is flaky is tried often enough to work in the end, however many of its tries a crash swallows. */
export const toolGenerator: KindGenerator = {
  weight: 6,
  draft({ dice, moods, ordinal }) {
    const mood = dice.holds(0.6) ? 'well' : dice.pick(moods);
    return {
      config: {
        tool: dice.pick(Object.keys(toolSpecs)),
        arguments: { amount: dice.holds(0.2) ? 1 : ordinal, mood },
        ...(dice.holds(0.6) ? {} : { approval: dice.pick(['default', 'never', 'always']) }),
      },
      ...(mood === 'flaky' ? { policy: { ...persistent, backoffMs: dice.int(0, 3000) } } : {}),
    };
  },
};

/** JavaScript that says in a comment how it goes. */
export const codeGenerator: KindGenerator = {
  weight: 2,
  draft({ dice, ordinal }) {
    const mood = dice.pick(['well', 'well', 'well', 'fails', 'flaky']);
    return {
      config: {
        inputs: [{ name: 'in', type: 'any', required: true }],
        outputs: [{ name: 'value', type: 'any', required: true }],
        source: `/* ${mood} */ return { value: inputs.in }; // ${ordinal}`,
      },
      ...(mood === 'flaky' ? { policy: persistent } : mood === 'fails' ? { policy: { onFailure: 'skip' } } : {}),
    };
  },
};

const persistent: NodePolicy = { maxAttempts: 4 };
