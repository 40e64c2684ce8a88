import { create } from 'zustand';
import type { PartPreview, PartRequest } from '#shared/contract/parts.ts';
import type { Field } from '#shared/nodes/field.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { listInputFields } from '#shared/workflow/input-fields.ts';
import { refuseInvalid } from '#shared/workflow/validation.ts';
import { getApi } from '../../state/connection.ts';
import { showBottom } from '../../state/layout.ts';
import { saveEdits } from '../../state/pending-edits.ts';
import { runTemplate, startRun } from '../../state/run-actions.ts';
import { useRuns } from '../../state/runs.ts';
import { openTab, selectActiveTab, useTabs } from '../../state/tabs.ts';
import { needsAnswer, type Remembered, readRemembered, toFirstInputs, toMemoryKey } from './run-form.ts';

/** What Run would run now: the workflow in front, the workflow of the run in front, or the template of a recorded run. */
export type RunTarget = { readonly type: 'workflow'; readonly path: string } | { readonly type: 'template'; readonly templateId: string };

export function findRunTarget(): RunTarget | null {
  const tab = selectActiveTab(useTabs.getState());
  switch (tab?.type) {
    case 'workflow':
      return { type: 'workflow', path: tab.path };
    case 'recorded':
      return { type: 'template', templateId: tab.templateId };
    case 'run': {
      const path = useRuns.getState().byId[tab.runId]?.workflowPath ?? null;
      return path === null ? null : { type: 'workflow', path };
    }
    default:
      return null;
  }
}

/** The form that is open: what it asks, and what stands in it at first. */
export interface OpenForm {
  readonly path: string;
  readonly workflowName: string;
  readonly fields: readonly Field[];
  readonly remembered: Remembered;
  /** What runs, when it is not the whole workflow. */
  readonly part: (Pick<PartRequest, 'mode' | 'node'> & { readonly document: WorkflowDocument; readonly preview: PartPreview }) | null;
}

export const useRunForm = create<{ readonly form: OpenForm | null }>()(() => ({ form: null }));

/** Runs what is in front: at once when nothing must be asked, else through the form. */
export async function beginRun(isFormWanted: boolean): Promise<void> {
  const target = findRunTarget();
  if (target === null) return;
  if (target.type === 'template') {
    await runTemplate(target.templateId);
    return;
  }
  const { path } = target;
  await saveEdits(path);
  const { document } = await getApi().workflow.get({ path });
  showWhatIsWrong(path, document);
  const fields = listInputFields(document);
  const remembered = readRemembered(localStorage.getItem(toMemoryKey(path)));
  if (isFormWanted || fields.some(needsAnswer)) {
    useRunForm.setState({ form: { path, workflowName: document.name, fields, remembered, part: null } });
    return;
  }
  await startRun({ path, inputs: toFirstInputs(fields, {}), approvalMode: 'ask' });
}

/** What the host would refuse is refused before anything is asked, with the problems in view. */
function showWhatIsWrong(path: string, document: WorkflowDocument): void {
  try {
    refuseInvalid(document);
  } catch (thrown) {
    openTab({ type: 'workflow', path });
    showBottom('problems');
    throw thrown;
  }
}
