import { z } from 'zod';
import type { NodeKind } from '../kind.ts';
import { listTemplates, toWorkflowWords, workflowInputsSchema, workflowPathSchema } from '../workflow-inputs.ts';

/** What the expressions of a map know of the item at hand. */
const mapNames = ['item', 'index'] as const;

/** How the results of the items become one value; see `run/aggregate.ts`. */
export const aggregationSchema = z.enum(['list', 'merge', 'first', 'quorum', 'reduce']);
export type Aggregation = z.infer<typeof aggregationSchema>;

const mapConfigSchema = z.object({
  workflow: workflowPathSchema,
  /** CEL that gives the list. */
  items: z.string().default('inputs.items'),
  inputs: workflowInputsSchema,
  /** How many items are at work at once. */
  parallel: z.int().min(1).max(1000).default(8),
  /** What an item that fails means: the others go on and it is listed in `failures`, or the map fails. */
  onItemFailure: z.enum(['keep', 'fail']).default('keep'),
  aggregation: aggregationSchema.default('list'),
  /** How many results are enough, for `first` and `quorum`; the other items are then stopped. */
  count: z.int().min(1).max(100_000).default(1),
  /** CEL over `total`, `result` and `index`, for `reduce`; `total` begins as null. */
  reduce: z.string().default(''),
});
export type MapConfig = z.infer<typeof mapConfigSchema>;

const aggregationWords: Readonly<Record<Aggregation, string>> = {
  list: 'All results, in the order of the items',
  merge: 'All results, joined into one record',
  first: 'The first results that come',
  quorum: 'The result that enough items agree on',
  reduce: 'One value, by an expression',
};

/** Runs a workflow for each item of a list, a few at a time. */
export const mapKind: NodeKind<MapConfig> = {
  kind: 'map',
  title: 'Map',
  description: 'Runs a workflow for each item of a list.',
  category: 'control',
  icon: 'rows-3',
  shortcut: 'E',
  configSchema: mapConfigSchema,
  defaultConfig: {
    workflow: '',
    items: 'inputs.items',
    inputs: {},
    parallel: 8,
    onItemFailure: 'keep',
    aggregation: 'list',
    count: 1,
    reduce: '',
  },
  fields: [
    { key: 'workflow', label: 'Workflow', help: 'Run once for each item.', type: 'workflow' },
    { key: 'items', label: 'Items', help: 'An expression that gives the list.', type: 'expression', placeholder: 'inputs.items' },
    {
      key: 'inputs',
      label: 'Inputs of each run',
      help: '{{ item }} is the item, {{ index }} its place from 0. Left empty, the item goes to the only input.',
      type: 'workflowInputs',
      workflowKey: 'workflow',
    },
    { key: 'parallel', label: 'At once', help: 'How many items are at work at the same time.', type: 'number', min: 1, max: 1000, step: 1 },
    {
      key: 'onItemFailure',
      label: 'When an item fails',
      type: 'select',
      options: [
        { value: 'keep', label: 'Go on, and list it under failures' },
        { value: 'fail', label: 'Fail the map' },
      ],
    },
    {
      key: 'aggregation',
      label: 'Results',
      type: 'select',
      options: aggregationSchema.options.map((value) => ({ value, label: aggregationWords[value] })),
    },
    {
      key: 'count',
      label: 'Enough results',
      help: 'The other items are stopped when there are as many.',
      type: 'number',
      min: 1,
      step: 1,
      shownWhen: { key: 'aggregation', isOneOf: ['first', 'quorum'] },
    },
    {
      key: 'reduce',
      label: 'Joined by',
      help: 'total is what there is so far (null at first), result the next.',
      type: 'expression',
      placeholder: 'total == null ? result.sum : total + result.sum',
      shownWhen: { key: 'aggregation', isOneOf: ['reduce'] },
    },
  ],
  isExecutable: true,
  ports: () => ({
    inputs: [{ name: 'items', schema: {}, description: 'The list, or what the expression reads it from' }],
    outputs: [
      { name: 'results', schema: {}, description: 'What the items came to' },
      { name: 'failures', schema: { type: 'array' }, description: 'The items that failed: index, item, error' },
    ],
  }),
  workflowReference: ({ workflow }) => workflow,
  summary: ({ workflow, parallel }) => `${toWorkflowWords(workflow)} · ${parallel} at once`,
  expressions: (config) => [
    { path: ['items'], form: 'expression', source: config.items, gives: 'any' },
    ...listTemplates(config.inputs, ['inputs'], mapNames),
    ...(config.aggregation === 'reduce'
      ? [{ path: ['reduce'], form: 'expression', source: config.reduce, gives: 'any', names: ['total', 'result', 'index'] } as const]
      : []),
  ],
  estimatedMs: 10_000,
};
