import { findKind } from '#shared/nodes/registry.ts';
import type { PartMode } from '#shared/run/part.ts';
import { toPartDocument } from '#shared/run/plan-part.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import { getApi } from '../../state/connection.ts';
import { findDocument } from '../../state/documents.ts';
import { saveEdits } from '../../state/pending-edits.ts';
import { startRun } from '../../state/run-actions.ts';
import { useRuns } from '../../state/runs.ts';
import { selectNodes, useSelection } from '../../state/selection.ts';
import { selectActiveTab, toTabId, useTabs } from '../../state/tabs.ts';
import { needsAnswer, readRemembered, toFirstInputs, toMemoryKey } from './run-form.ts';
import { useRunForm } from './run-target.ts';

/** The node that a part would be of: the only one selected, in a workflow or in the top graph of a run of a workflow file. */
export function findPartTarget(): { readonly path: string; readonly node: string } | null {
  const tab = selectActiveTab(useTabs.getState());
  if (tab?.type !== 'workflow' && tab?.type !== 'run') return null;
  const [node, ...more] = selectNodes(useSelection.getState(), toTabId(tab));
  if (node === undefined || more.length > 0) return null;
  if (tab.type === 'run') {
    const path = useRuns.getState().byId[tab.runId]?.workflowPath ?? null;
    return path === null || node.includes('/') ? null : { path, node };
  }
  const kind = findDocument(tab.path)?.document.nodes.find(({ id }) => id === node)?.kind;
  return kind === undefined || findKind(kind)?.isExecutable === false ? null : { path: tab.path, node };
}

/** Runs a part of the workflow in front: at once when all that it needs is known, else through the form. */
export async function beginPart(mode: PartMode): Promise<void> {
  const target = findPartTarget();
  if (target === null) return;
  const { path, node } = target;
  await saveEdits(path);
  const part = { mode, node };
  const [{ document }, preview] = await Promise.all([
    getApi().workflow.get({ path }),
    getApi().run.planPart({ source: { type: 'file', path }, part }),
  ]);
  const fields = listInputFields(toPartDocument(document, preview.nodes));
  const remembered = readRemembered(localStorage.getItem(toMemoryKey(path)));
  const inputs = toFirstInputs(fields, remembered.inputs);
  if (preview.missing.length > 0 || fields.some((field) => needsAnswer(field) && inputs[field.name] === undefined)) {
    useRunForm.setState({ form: { path, workflowName: document.name, fields, remembered, part: { ...part, document, preview } } });
    return;
  }
  await startRun({ path, inputs, approvalMode: 'ask', part });
}
