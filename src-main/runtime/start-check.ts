import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import { isLongerThan, mostValueBytes } from '#shared/contract/message-limit.ts';
import { isOfFieldType } from '#shared/nodes/field.ts';
import { toPartDocument } from '#shared/run/plan-part.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import { refuseInvalid } from '#shared/workflow/validation.ts';
import type { StartRun } from './runs.ts';

/** Refuses a workflow with errors (`workflow.invalid`) and inputs that do not fit its fields (`run.inputInvalid`); gives the inputs with defaults filled in. */
export function checkStart({ document, inputs, subworkflows = {}, part = null }: StartRun): JsonObject {
  if (part === null) refuseOnce(document);
  else refuseInvalidPart(document, part.nodes);
  for (const [path, subworkflow] of Object.entries(subworkflows)) refuseInvalidBelow(path, subworkflow);
  return checkInputs(document, inputs, part === null ? document : toPartDocument(document, part.nodes));
}

/** What is wrong elsewhere in a workflow that is only half built keeps no part of it from running. */
function refuseInvalidPart(document: WorkflowDocument, nodes: readonly string[]): void {
  const inPart = new Set(toPartDocument(document, nodes).nodes.map(({ id }) => id));
  refuseInvalid(document, (node) => node === null || inPart.has(node));
}

/** Documents are never changed in place, so one that was valid still is. */
function refuseOnce(document: WorkflowDocument): void {
  if (valid.has(document)) return;
  refuseInvalid(document);
  valid.add(document);
}

const valid = new WeakSet<WorkflowDocument>();

/** What runs below is checked before anything starts, and named by its file. */
function refuseInvalidBelow(path: string, subworkflow: WorkflowDocument): void {
  try {
    refuseOnce(subworkflow);
  } catch (thrown) {
    if (!(thrown instanceof HeddleError)) throw thrown;
    throw new HeddleError(thrown.code, `${path}: ${thrown.message}`, thrown.details === undefined ? {} : { details: thrown.details });
  }
}

/** The inputs with defaults filled in. Refuses with `run.inputInvalid` what the workflow's fields do not take; only what `running` takes in is required. */
export function checkInputs(document: WorkflowDocument, inputs: JsonObject, running: WorkflowDocument = document): JsonObject {
  const fields = listInputFields(document);
  const asked = new Set(listInputFields(running).map(({ name }) => name));
  const names = new Set(fields.map((field) => field.name));
  const large = Object.keys(inputs).find((name) => isLongerThan(JSON.stringify(inputs[name]), mostValueBytes));
  if (large !== undefined) {
    const most = mostValueBytes / 1024 / 1024;
    throw refusal(large, `Input “${large}” has more than ${most} MiB. Put it into a file of the workspace, and let nodes read from that.`);
  }
  const unknown = Object.keys(inputs).find((name) => !names.has(name));
  if (unknown !== undefined)
    throw refusal(unknown, `“${unknown}” is not an input of “${document.name}”. Its inputs are: ${[...names].join(', ') || 'none'}.`);
  return Object.fromEntries(
    fields.map((field) => {
      const value: JsonValue = inputs[field.name] ?? field.default ?? null;
      if (value === null) {
        if (field.required === true && asked.has(field.name))
          throw refusal(field.name, `Input “${field.name}” is required. Give it a value.`);
      } else if (!isOfFieldType(value, field.type)) {
        throw refusal(field.name, `Input “${field.name}” must be ${field.type}; it is ${Array.isArray(value) ? 'a list' : typeof value}.`);
      }
      return [field.name, value];
    }),
  );
}

function refusal(input: string, message: string): HeddleError {
  return new HeddleError('run.inputInvalid', message, { details: { input } });
}
