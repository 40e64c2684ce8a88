import { once } from '#shared/base/once.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { WorkflowCode } from '../workflow-code/workflow-code.ts';

/** The reader and writer of code, loaded with its first use. */
export function openWorkflowCode(sandbox: Pick<Sandbox, 'run'>): WorkflowCode {
  const code = once(async () => (await import('../workflow-code/create-workflow-code.ts')).createWorkflowCode(sandbox));
  return {
    read: async (text, form, before, signal) => (await code()).read(text, form, before, signal),
    write: async (document, form, layout) => (await code()).write(document, form, layout),
  };
}
