import { z } from 'zod';
import { type ErrorCode, HeddleError } from '#shared/base/errors.ts';
import { type JsonValue, jsonObjectSchema, jsonValueSchema } from '#shared/base/json.ts';
import { checkScriptTemplates, compileScriptExpression } from './script-expressions.ts';

/** The failures a script can play, and the codes a real provider's would have. */
export const scriptedFailures = {
  unauthorized: 'model.unauthorized',
  rateLimited: 'model.rateLimited',
  unavailable: 'model.unavailable',
  badRequest: 'model.badRequest',
  contextTooLong: 'model.contextTooLong',
  timedOut: 'model.timedOut',
  streamCut: 'model.streamCut',
  malformedAnswer: 'model.malformedAnswer',
} as const satisfies Record<string, ErrorCode>;

/** Texts are compared without regard to case unless `caseSensitive` is set. A plain string means `contains`. */
const textMatchSchema = z.union([
  z.string(),
  z.strictObject({
    contains: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    equals: z.string().optional(),
    startsWith: z.string().optional(),
    endsWith: z.string().optional(),
    /** `*` stands for any text, `?` for one character; the whole text must fit. */
    glob: z.string().optional(),
    caseSensitive: z.boolean().optional(),
  }),
]);
export type TextMatch = z.infer<typeof textMatchSchema>;

const turn = z.int().nonnegative();
const whenSchema = z.strictObject({
  system: textMatchSchema.optional(),
  lastUser: textMatchSchema.optional(),
  anyText: textMatchSchema.optional(),
  turn: z.union([turn, z.strictObject({ from: turn.optional(), to: turn.optional() })]).optional(),
  afterTool: z.string().optional(),
  hasResultOf: z.string().optional(),
  offers: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  cel: z.string().optional(),
});
export type ScriptCondition = z.infer<typeof whenSchema>;

const callSchema = z
  .strictObject({
    tool: z.string().min(1),
    arguments: jsonObjectSchema.optional(),
    /** Sent as it is, to play a model that writes broken JSON. */
    rawArguments: z.string().optional(),
    forEach: z.string().optional(),
    as: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name')
      .optional(),
    if: z.string().optional(),
  })
  .refine((call) => call.arguments === undefined || call.rawArguments === undefined, 'takes either arguments or rawArguments')
  .refine((call) => call.as === undefined || call.forEach !== undefined, '`as` needs `forEach`');
export type ScriptedCall = z.infer<typeof callSchema>;

const failSchema = z.strictObject({
  code: z.enum(Object.keys(scriptedFailures) as [keyof typeof scriptedFailures]),
  message: z.string().optional(),
  retryAfterMs: z.number().nonnegative().optional(),
  times: z.int().positive().optional(),
  afterChars: z.int().nonnegative().optional(),
});
export type ScriptedFailure = z.infer<typeof failSchema>;

const doSchema = z
  .strictObject({
    wait: z.union([z.number().nonnegative(), z.literal('forever')]).optional(),
    pace: z.strictObject({ charsPerSecond: z.number().positive() }).optional(),
    say: z.union([z.string(), z.array(z.string())]).optional(),
    json: jsonValueSchema.optional(),
    call: z.array(callSchema).min(1).optional(),
    fail: failSchema.optional(),
    finish: z.enum(['length', 'contentFilter']).optional(),
    usage: z
      .strictObject({ input: z.int().nonnegative(), output: z.int().nonnegative(), cached: z.int().nonnegative().optional() })
      .nullable()
      .optional(),
  })
  .refine((act) => act.say === undefined || act.json === undefined, 'takes either say or json')
  .refine(
    (act) => [act.say, act.json, act.call, act.fail, act.wait === 'forever' ? act.wait : undefined].some((part) => part !== undefined),
    'needs at least one of say, json, call, fail, or wait: "forever"',
  );
export type ScriptedAct = z.infer<typeof doSchema>;

const scriptSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  description: z.string().optional(),
  rules: z.array(z.strictObject({ name: z.string().optional(), when: whenSchema.optional(), do: doSchema })).min(1),
});
export type Script = z.infer<typeof scriptSchema>;
export type ScriptRule = Script['rules'][number];

/** A script from the text of its file, every expression in it checked; throws `model.scriptedInvalid` that names file and place. */
export function parseScript(text: string, path: string): Script {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw toScriptRefusal(path, 'it is not JSON', thrown);
  }
  const parsed = scriptSchema.safeParse(json);
  if (!parsed.success) throw toScriptRefusal(path, z.prettifyError(parsed.error).replaceAll('\n', ' ').replaceAll('✖ ', ''), undefined);
  for (const [index, rule] of parsed.data.rules.entries()) checkExpressions(rule, `rules[${index}]`, path);
  return parsed.data;
}

/** The refusal of a script: which file, what is wrong with it. */
export function toScriptRefusal(path: string, problem: string, cause?: unknown): HeddleError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new HeddleError('model.scriptedInvalid', `The script ${path} cannot be used: ${problem}${reason}`, { details: { path } });
}

function checkExpressions(rule: ScriptRule, at: string, path: string): void {
  const check = (place: string, work: () => unknown) => {
    try {
      work();
    } catch (thrown) {
      if (thrown instanceof HeddleError) throw toScriptRefusal(path, `${at}.${place}`, thrown);
      throw thrown;
    }
  };
  const { say, json, call } = rule.do;
  const { cel } = rule.when ?? {};
  if (cel !== undefined) check('when.cel', () => compileScriptExpression(cel));
  if (say !== undefined) check('do.say', () => checkScriptTemplates(say));
  if (json !== undefined) check('do.json', () => checkScriptTemplates(json));
  call?.forEach((one, index) => {
    const parts: readonly [string, () => unknown][] = [
      ['forEach', () => one.forEach && compileScriptExpression(one.forEach)],
      ['if', () => one.if && compileScriptExpression(one.if)],
      ['arguments', () => checkScriptTemplates((one.arguments ?? {}) as JsonValue)],
    ];
    for (const [name, work] of parts) check(`do.call[${index}].${name}`, work);
  });
}
