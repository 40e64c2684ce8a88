import { resolve } from 'node:path';
import { isFinal } from '#shared/run/plan-next.ts';
import type { RunState } from '#shared/run/state.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import type { Runs } from '../runtime/runs.ts';
import type { FolderGrant } from '../tools/files/folder-grant.ts';

/**
 * What people opened to tools by naming it when they started a run: its folders and files may be read, wherever they lie, until the run has
 * ended. A value that is the workflow's own default was named by its author, not by a person, and opens nothing.
 */
export function createRunGrants(runs: Pick<Runs, 'onSummary' | 'state'>, root: string): () => readonly FolderGrant[] {
  const byRun = new Map<string, readonly FolderGrant[]>();
  runs.onSummary(({ runId, status }) => {
    if (isFinal(status)) byRun.delete(runId);
    else if (!byRun.has(runId)) byRun.set(runId, listNamed(runs.state(runId), root));
  });
  return () => [...byRun.values()].flat();
}

function listNamed({ workflow, inputs }: RunState, root: string): readonly FolderGrant[] {
  return listInputFields(workflow).flatMap((field) => {
    const value = inputs[field.name];
    const isPath = field.type === 'folder' || field.type === 'file';
    if (!isPath || typeof value !== 'string' || value === '' || value === field.default) return [];
    return [{ path: resolve(root, value), access: 'read' as const }];
  });
}
