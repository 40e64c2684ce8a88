import { useMemo } from 'react';
import { HeddleError } from '#shared/base/errors.ts';
import type { JsonObject, JsonValue } from '#shared/base/json.ts';
import type { WorkflowNode } from '#shared/workflow/document.ts';
import type { WorkflowEdit } from '#shared/workflow/edit.ts';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { editDocument, endEditGroup, findDocument } from '../../state/documents.ts';
import { withConfig } from './config-value.ts';

/** How the inspector changes a node. What is typed into one field until it loses the focus is one step to undo. */
export interface NodeEdit {
  setValue(key: string, value: JsonValue | undefined): void;
  edit(edit: WorkflowEdit, label: string, group?: string): boolean;
  /** To be called when a field loses the focus. */
  end(): void;
}

export function useNodeEdit(path: string, node: WorkflowNode): NodeEdit {
  const { id } = node;
  const label = node.name || id;
  return useMemo(() => {
    const edit = (change: WorkflowEdit, words: string, group?: string) => tryEdit(path, change, words, group);
    return {
      edit,
      setValue(key, value) {
        const current = findDocument(path)?.document.nodes.find((candidate) => candidate.id === id);
        if (current === undefined) return;
        const config: JsonObject = withConfig(current.config, key, value);
        edit({ type: 'changeConfig', node: id, config }, `Change ${label}`, `${id}.${key}`);
      },
      end: () => endEditGroup(path),
    };
  }, [path, id, label]);
}

/** Does an edit and tells of a refusal. True when it was done. */
export function tryEdit(path: string, edit: WorkflowEdit, label: string, group?: string): boolean {
  try {
    editDocument(path, edit, label, group ?? null);
    return true;
  } catch (thrown) {
    // An edit that cannot be done is no fault: its own words are enough.
    if (thrown instanceof HeddleError && thrown.code === 'workflow.invalid') notifyDone(thrown.message);
    else notifyError(thrown);
    return false;
  }
}
