import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { type DraftContext, type KindGenerator, toTemplate } from './kind-generator.ts';

/** A workflow for each of a few items, a few at a time, some of which fail. */
export const mapGenerator: KindGenerator = {
  weight: 2,
  draft(context) {
    const { dice, mayRace } = context;
    const inner = toInner(context);
    if (inner === undefined) return undefined;
    const items = Array.from({ length: dice.int(0, 4) }, (_, index) => `"item ${index}"`);
    const aggregation = dice.pick(mayRace ? ['list', 'list', 'merge', 'first', 'quorum', 'reduce'] : ['list', 'list', 'merge', 'reduce']);
    return {
      config: {
        workflow: inner.path,
        items: `[${items.join(', ')}]`,
        inputs: toInputs(inner.document, '{{ item }}', '{{ index }}'),
        parallel: dice.int(1, 4),
        // Which item fails first, and so stops the others, is a matter of time.
        onItemFailure: mayRace && dice.holds(0.3) ? 'fail' : 'keep',
        aggregation,
        count: dice.int(1, 2),
        reduce: aggregation === 'reduce' ? 'total == null ? 1 : total + 1' : '',
      },
    };
  },
};

/** A few rounds of a workflow, seldom more than it may have. */
export const loopGenerator: KindGenerator = {
  weight: 2,
  draft(context) {
    const { dice } = context;
    const inner = toInner(context);
    if (inner === undefined) return undefined;
    const rounds = dice.int(0, 3);
    return {
      config: {
        workflow: inner.path,
        inputs: toInputs(inner.document, 'a round', '{{ round }}'),
        until: `round >= ${rounds}`,
        maxRounds: dice.holds(0.1) ? Math.max(1, rounds) : 5,
      },
    };
  },
};

/** Another workflow as one step. */
export const subflowGenerator: KindGenerator = {
  weight: 2,
  draft(context) {
    const inner = toInner(context);
    return inner === undefined ? undefined : { config: { workflow: inner.path, inputs: toInputs(inner.document, 'from above', 7) } };
  },
};

/** From no time at all to some days. */
export const delayGenerator: KindGenerator = {
  weight: 1.5,
  draft: ({ dice }) => ({ config: { seconds: dice.pick(['0', '0.5', '3', '90', '3600.0 * 30.0', '-1']) } }),
};

/** A signal that people send when they see that it is waited for, or too late. */
export const signalGenerator: KindGenerator = {
  weight: 1.5,
  draft: ({ dice, ordinal, mayRace }) => ({
    config: { name: dice.holds(0.5) ? 'go' : `go${ordinal}`, timeoutSeconds: mayRace && dice.holds(0.4) ? dice.int(1, 4000) : null },
  }),
};

/** A form with fields that must be filled in and others. */
export const formGenerator: KindGenerator = {
  weight: 1.5,
  draft: (context) => ({
    config: {
      title: `Fill in ${context.ordinal}`,
      message: toTemplate(context),
      fields: [
        { name: 'answer', type: 'string', required: true },
        ...(context.dice.holds(0.5) ? [{ name: 'count', type: 'integer', default: 3 }] : []),
      ],
      ...toDeadline(context),
    },
  }),
};

/** How long a question stays, where the run may depend on time. */
export function toDeadline({ dice, mayRace }: DraftContext): JsonObject {
  if (!mayRace || dice.holds(0.6)) return {};
  return { timeoutSeconds: dice.int(1, 600), onTimeout: dice.pick(['approve', 'deny', 'fail', 'escalate']), escalateTo: 'the boss' };
}

function toInner({ addSubworkflow, ordinal }: DraftContext): { readonly path: string; readonly document: WorkflowDocument } | undefined {
  return addSubworkflow(`below ${ordinal}`);
}

function toInputs(document: WorkflowDocument, text: string, number: JsonValue): JsonObject {
  const fields = document.nodes.flatMap((node) =>
    node.kind === 'input' && node.disabled !== true ? (node.config.fields as unknown as readonly { name: string; type: string }[]) : [],
  );
  return Object.fromEntries(fields.map(({ name, type }) => [name, type === 'string' ? text : number]));
}
