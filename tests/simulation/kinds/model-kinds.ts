import type { JsonObject } from '#shared/base/json.ts';
import { toolSpecs } from '../simulated-tools.ts';
import { type DraftContext, type KindGenerator, toTemplate } from './kind-generator.ts';

/** One question to a model, sometimes with a shape that the answer must have. */
export const promptGenerator: KindGenerator = {
  weight: 4,
  draft: (context) => ({ config: toModelConfig(context) }),
};

/** An agent with some of the tools, some of which ask first, and seldom too few turns. */
export const agentGenerator: KindGenerator = {
  weight: 4,
  draft(context) {
    const { dice } = context;
    const tools = Object.keys(toolSpecs).flatMap((name): JsonObject[] => {
      if (dice.holds(0.5)) return [];
      return [{ name, ...(dice.holds(0.6) ? {} : { approval: dice.pick(['default', 'never', 'always']) }) }];
    });
    return { config: { ...toModelConfig(context), tools, maxTurns: dice.holds(0.15) ? 2 : 8 } };
  },
};

function toModelConfig(context: DraftContext): JsonObject {
  const { dice } = context;
  return {
    model: dice.pick(['sim/small', 'sim/large']),
    prompt: toTemplate(context),
    system: dice.holds(0.3) ? 'You are simulated' : '',
    ...(dice.holds(0.2) ? { temperature: 0.5 } : {}),
    ...(dice.holds(0.3) ? { outputSchema: answerSchema } : {}),
  };
}

const answerSchema: JsonObject = { type: 'object', required: ['count'], properties: { count: { type: 'integer' } } };
