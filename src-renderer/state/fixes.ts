import { useMemo } from 'react';
import type { Fix, FixWorld } from '#shared/workflow/fix.ts';
import type { Problem } from '#shared/workflow/problem.ts';
import { fixAllOfKind, listFixes } from '#shared/workflow/problem-fixes.ts';
import { listModelNames, toWorkflowCatalogue, useCatalogue } from './catalogue.ts';
import { getApi, useConnection } from './connection.ts';
import { editDocument, findDocument } from './documents.ts';
import { useInsights } from './insights.ts';
import { useLibrary } from './library.ts';
import { useSettings } from './settings.ts';

/** The ways out of a problem of the workflow at this path, the best first; none while the host is away or only to be read from. */
export function useFixes(path: string, problem: Problem | null): readonly Fix[] {
  const document = useInsights((store) => store.byPath[path]?.document);
  const catalogue = useCatalogue();
  const workflows = useLibrary((store) => store.workflows);
  const isReadOnly = useConnection((store) => store.host?.isReadOnly === true);
  return useMemo(
    () =>
      document === undefined || problem === null || isReadOnly
        ? []
        : listFixes(document, problem, toFixWorld(toWorkflowCatalogue(catalogue, workflows), catalogue)),
    [document, problem, catalogue, workflows, isReadOnly],
  );
}

/** As `useFixes`, of this moment; none when the problem is gone. */
export function findFixes(path: string, problem: Problem): readonly Fix[] {
  const insights = useInsights.getState().byPath[path];
  const isThere = insights?.problems.some(({ code, message }) => code === problem.code && message === problem.message) === true;
  if (!isThere || useConnection.getState().host?.isReadOnly === true) return [];
  const catalogue = useCatalogue.getState();
  return listFixes(insights.document, problem, toFixWorld(toWorkflowCatalogue(catalogue, useLibrary.getState().workflows), catalogue));
}

/** Applies a fix as one edit that can be undone; one that needs a workflow file has it made first. */
export async function applyFix(path: string, fix: Fix): Promise<void> {
  if (fix.type === 'edit') return editDocument(path, fix.edit, fix.title);
  const made = await getApi().workflow.create({ name: fix.document.name, document: fix.document });
  editDocument(path, fix.toEdit(made.path), fix.title);
}

/** Fixes every problem of a kind the best way, as one edit. Gives how many were fixed; 0 when fewer than two can be. */
export function fixAll(path: string, code: string): number {
  const document = findDocument(path)?.document;
  const catalogue = useCatalogue.getState();
  if (document === undefined) return 0;
  const world = toFixWorld(toWorkflowCatalogue(catalogue, useLibrary.getState().workflows), catalogue);
  const all = fixAllOfKind(document, code, world);
  if (all === null) return 0;
  editDocument(path, all.edit, `Fix ${all.count} problems`);
  return all.count;
}

function toFixWorld(
  catalogue: ReturnType<typeof toWorkflowCatalogue>,
  { providers }: Pick<ReturnType<typeof useCatalogue.getState>, 'providers'>,
): FixWorld {
  return { ...catalogue, defaultModel: useSettings.getState().settings.defaultModel, models: listModelNames(providers) };
}
