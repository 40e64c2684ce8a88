import type { KindGenerator } from './kind-generator.ts';
import { toTemplate } from './kind-generator.ts';
import { toDeadline } from './structure-kinds.ts';

/** The inputs of a run; each has a default, so that a run may leave them out. */
export const inputGenerator: KindGenerator = {
  weight: 1,
  draft: ({ dice, ordinal }) => ({
    config: {
      fields: [
        { name: `topic${ordinal}`, type: 'string', default: 'looms' },
        ...(dice.holds(0.5) ? [{ name: `amount${ordinal}`, type: 'number', default: dice.int(1, 900) }] : []),
      ],
    },
  }),
};

export const outputGenerator: KindGenerator = {
  weight: 1,
  draft: ({ ordinal }) => ({ config: { name: `result${ordinal}` } }),
};

/** An expression: mostly one that gives a value, sometimes one that cannot. */
export const transformGenerator: KindGenerator = {
  weight: 3,
  draft({ dice, ordinal }) {
    const expression = dice.holds(0.08)
      ? '1 / 0'
      : dice.pick(['inputs.in', `"made by ${ordinal}"`, '[inputs.in, inputs.in]', '{"in": inputs.in}']);
    return { config: { expression, outputType: 'any' } };
  },
};

export const branchGenerator: KindGenerator = {
  weight: 2,
  draft: ({ dice }) => ({
    config: {
      cases: Array.from({ length: dice.int(1, 3) }, (_, index) => ({
        name: `way${index}`,
        when: dice.pick(['true', 'false', 'inputs.in == "looms"', 'inputs.in != null']),
      })),
    },
  }),
};

/** Several ways together; the first of them only where the run may depend on who is first. */
export const mergeGenerator: KindGenerator = {
  weight: 3,
  draft: ({ dice, mayRace }) => ({ config: { mode: dice.pick(mayRace ? ['any', 'list', 'record'] : ['list', 'record']) } }),
};

export const approvalGenerator: KindGenerator = {
  weight: 2,
  draft: (context) => ({
    config: {
      title: `Go on with ${context.ordinal}?`,
      message: toTemplate(context),
      isEditable: context.dice.holds(0.5),
      ...toDeadline(context),
    },
  }),
};

export const noteGenerator: KindGenerator = {
  weight: 0.3,
  draft: ({ ordinal }) => ({ config: { text: `Note ${ordinal}` } }),
};
