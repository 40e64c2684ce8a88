import type { CodeLayout } from '#shared/workflow/code/code-content.ts';
import type { CodeForm } from '#shared/workflow/code/code-form.ts';
import type { CodeReading } from '#shared/workflow/code/read-code.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/** Reads and writes workflows as code, also where the code has to run to say what it builds. */
export interface WorkflowCode {
  /** Rejects with `run.cancelled` and `sandbox.unavailable`; everything that is wrong with the text is a problem of the reading. */
  read(text: string, form: CodeForm, before: WorkflowDocument | null, signal: AbortSignal): Promise<CodeReading>;
  write(document: WorkflowDocument, form: CodeForm, layout: CodeLayout): Promise<string>;
}
