import { z } from 'zod';
import { type JsonObject, jsonObjectSchema } from '#shared/base/json.ts';
import type { Field } from '#shared/nodes/field.ts';
import { approvalModeSchema } from '#shared/run/events.ts';
import type { FormField } from '../../ui/value-form.ts';

/** True when a field must be filled in by a person before a run can start. */
export function needsAnswer(field: Field): boolean {
  return field.required === true && field.default === undefined;
}

/** The control of an input field. */
export function toFormField(field: Field): FormField {
  return { key: field.name, label: field.name, help: field.description, isRequired: needsAnswer(field), control: toControl(field) };
}

/** What stands in the form at first: what was given last time, else the defaults. */
export function toFirstInputs(fields: readonly Field[], remembered: JsonObject): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = remembered[field.name] ?? field.default;
      return value === undefined ? [] : [[field.name, value] as const];
    }),
  );
}

const rememberedSchema = z.object({ inputs: jsonObjectSchema, approvalMode: approvalModeSchema.catch('ask'), model: z.string().catch('') });
export type Remembered = z.infer<typeof rememberedSchema>;

/** What was given to the last run of this workflow from this window. */
export function readRemembered(text: string | null): Remembered {
  const nothing: Remembered = { inputs: {}, approvalMode: 'ask', model: '' };
  if (text === null) return nothing;
  try {
    return rememberedSchema.safeParse(JSON.parse(text)).data ?? nothing;
  } catch {
    return nothing;
  }
}

/** Where it is kept. */
export function toMemoryKey(path: string): string {
  return `heddle.inputs:${path}`;
}

function toControl(field: Field): FormField['control'] {
  switch (field.type) {
    case 'string':
      return { type: 'text', isLong: true };
    case 'file':
      return { type: 'text', isLong: false, hint: 'A file, as a path inside the workspace' };
    case 'folder':
      return { type: 'text', isLong: false, hint: 'A folder, as a path inside the workspace' };
    case 'number':
      return { type: 'number', isWhole: false };
    case 'integer':
      return { type: 'number', isWhole: true };
    case 'boolean':
      return { type: 'toggle' };
    case 'object':
    case 'array':
    case 'any':
      return { type: 'json' };
  }
}
