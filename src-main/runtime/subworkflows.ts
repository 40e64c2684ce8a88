import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject } from '#shared/base/json.ts';
import { findKind } from '#shared/nodes/registry.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';

/**
 * Every workflow that a document runs through maps, loops and subflows, directly or through others, by path. Each file is read once,
 * so a workflow that runs itself is no matter. Refuses with `workflow.invalid`, naming who asked, when a file is not there.
 */
export async function gatherSubworkflows(
  document: WorkflowDocument,
  load: (path: string) => Promise<WorkflowDocument>,
): Promise<Readonly<Record<string, WorkflowDocument>>> {
  const gathered = new Map<string, WorkflowDocument>();
  const open: WorkflowDocument[] = [document];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { path, node } of listWorkflowReferences(next)) {
      if (gathered.has(path)) continue;
      const found = await load(path).catch((thrown: unknown) => {
        if (!(thrown instanceof HeddleError)) throw thrown;
        throw new HeddleError('workflow.invalid', `${node} runs the workflow “${path}”, which cannot be opened: ${thrown.message}`);
      });
      gathered.set(path, found);
      open.push(found);
    }
  }
  return Object.fromEntries(gathered);
}

/** The workflows that the nodes of a document run, with the names of those nodes. Disabled nodes run nothing. */
function listWorkflowReferences(document: WorkflowDocument): readonly { readonly path: string; readonly node: string }[] {
  return document.nodes.flatMap((node) => {
    const kind = findKind(node.kind);
    const config = kind?.configSchema.safeParse(node.config);
    if (node.disabled === true || config?.success !== true) return [];
    const path = kind?.workflowReference?.(config.data as JsonObject) ?? '';
    return path === '' ? [] : [{ path, node: node.name || node.id }];
  });
}
