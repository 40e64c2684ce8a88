import { create } from 'zustand';
import type { Template, WorkflowFile } from '#shared/contract/workflows.ts';

interface LibraryStore {
  /** Workflow files of the workspace, or null until the host has sent them. */
  readonly workflows: readonly WorkflowFile[] | null;
  readonly templates: readonly Template[] | null;
}

/** What there is to open: workflows of the workspace and templates of the product. */
export const useLibrary = create<LibraryStore>()(() => ({ workflows: null, templates: null }));

/** The name of the workflow at this path; the file's own name when it is not in the list. */
export function selectWorkflowName(workflows: LibraryStore['workflows'], path: string): string {
  return workflows?.find((file) => file.path === path)?.name ?? toFileTitle(path);
}

/** As people look for them: by the names they read, `Notes 2` before `Notes 10`. */
export function sortByName(workflows: readonly WorkflowFile[]): readonly WorkflowFile[] {
  return workflows.toSorted((a, b) => nameOrder.compare(a.name, b.name) || nameOrder.compare(a.path, b.path));
}

const nameOrder = new Intl.Collator(undefined, { numeric: true });

/** `notes/folder-brief.heddle.json` without folders and extension. */
export function toFileTitle(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.heddle\.json$/, '');
}

/** The template whose recorded run shows the product best: the first of the gallery that has one. */
export function selectShowcase(templates: LibraryStore['templates']): Template | null {
  return templates?.find((template) => template.hasRecordedRun) ?? null;
}
