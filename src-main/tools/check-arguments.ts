import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject, JsonSchema } from '#shared/base/json.ts';
import { toCanonicalJson } from '#shared/base/json.ts';
import { isLinearPattern } from './linear-pattern.ts';

/** Checks arguments against a JSON Schema (draft 2020-12): undefined when they fit, else what is wrong in one sentence. */
export type ArgumentChecker = (schema: JsonSchema, args: JsonObject) => string | undefined;

/** Compiled validators kept; beyond that the oldest goes. A workspace has tens of tools. */
const mostValidators = 2_000;
/** Patterns are not run over longer texts: two repetitions, tried from every start, are cubic. */
const longestPatternInput = 500;

/**
 * A checker with one ajv and one compiled validator per schema. The schemas of MCP servers are foreign: formats are not checked, and of
 * their patterns only those that cannot run away (the server checks the rest itself).
 */
export function createArgumentChecker(): ArgumentChecker {
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    validateFormats: false,
    ownProperties: true,
    inlineRefs: false,
    code: { regExp: guardedPattern },
  });
  const bySchema = new WeakMap<JsonSchema, ValidateFunction | string>();
  const byText = new Map<string, ValidateFunction | string>();

  const compile = (schema: JsonSchema): ValidateFunction | string => {
    const text = toCanonicalJson(schema);
    const known = byText.get(text);
    if (known !== undefined) return known;
    // Servers name draft-07 or nothing; what both drafts share is what tools use. An id would collide between tools.
    const { $schema: _draft, $id: _id, ...bare } = schema;
    const validator = compileOrExplain(ajv, bare);
    for (const oldest of byText.size >= mostValidators ? byText.keys() : []) {
      byText.delete(oldest);
      break;
    }
    byText.set(text, validator);
    return validator;
  };

  return (schema, args) => {
    let validator = bySchema.get(schema);
    if (validator === undefined) {
      validator = compile(schema);
      bySchema.set(schema, validator);
    }
    if (typeof validator === 'string') return validator;
    if (validator(args)) return undefined;
    const error = validator.errors?.[0];
    return error === undefined ? 'The arguments do not fit the schema.' : toSentence(error);
  };
}

function compileOrExplain(ajv: Ajv2020, schema: JsonSchema): ValidateFunction | string {
  try {
    return ajv.compile(schema);
  } catch (error) {
    return `The tool's own schema cannot be read, so no arguments can be checked against it: ${(error as Error).message}.`;
  } finally {
    // ajv would keep every schema it has ever seen; ours to keep is the validator.
    ajv.removeSchema(schema);
  }
}

function toSentence(error: ErrorObject): string {
  const where = error.instancePath === '' ? 'the arguments' : error.instancePath.slice(1).replaceAll('/', '.');
  const { additionalProperty, allowedValues } = error.params as { additionalProperty?: string; allowedValues?: readonly unknown[] };
  const more =
    additionalProperty === undefined
      ? allowedValues === undefined
        ? ''
        : `: ${JSON.stringify(allowedValues)}`
      : `: ${additionalProperty}`;
  return `${where} ${error.message ?? 'do not fit the schema'}${more}.`;
}

/** What ajv gets in place of `new RegExp`: a pattern that may run away always fits. ajv tells patterns apart by their text. */
const guardedPattern = Object.assign(
  (pattern: string, flags: string): RegExp => {
    const isSafe = isLinearPattern(pattern);
    const expression = new RegExp(pattern, flags);
    const test = (text: string) => !isSafe || text.length > longestPatternInput || expression.test(text);
    return { test, toString: () => expression.toString() } as unknown as RegExp;
  },
  { code: 'guardedPattern' },
);
