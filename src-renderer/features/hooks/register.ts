import { registerPanel } from '../../app/panels.ts';
import { WorkflowHooks } from './workflow-hooks.tsx';

/** The hooks of a workflow: what is asked while it runs, and may watch, change or refuse. */
export function register(): void {
  registerPanel('workflow-hooks', WorkflowHooks);
}
