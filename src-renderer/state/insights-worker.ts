import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { planWorkflow } from '#shared/workflow/plan.ts';
import { validateWorkflow } from '#shared/workflow/validation.ts';
import type { WorkflowCatalogue } from '#shared/workflow/validation-subject.ts';

/** Checks and plans one document per message, away from the thread that draws. */
self.onmessage = ({ data }: MessageEvent<{ readonly document: WorkflowDocument; readonly catalogue: WorkflowCatalogue }>) =>
  self.postMessage({ problems: validateWorkflow(data.document, data.catalogue), plan: planWorkflow(data.document) });
