import { HeddleError } from '#shared/base/errors.ts';
import { extractSubflow } from '#shared/workflow/extract-subflow.ts';
import { inlineSubflow } from '#shared/workflow/inline-subflow.ts';
import { refuseLocked } from '#shared/workflow/lock.ts';
import { toReference } from '#shared/workflow/reference.ts';
import { notifyDone } from '../../app/notify.ts';
import { getApi } from '../../state/connection.ts';
import { findDocument } from '../../state/documents.ts';
import { type EditorTarget, listSelected, select, tellRefusal, toDocument, tryEdit } from './editor-actions.ts';

/** Why the selected nodes cannot become a subflow; null when they can. */
export function findExtractRefusal(target: EditorTarget): string | null {
  const document = toDocument(target);
  try {
    refuseLocked(document, extractSubflow(document, new Set(listSelected(target)), 'Steps').toEdit(''));
    return null;
  } catch (thrown) {
    if (thrown instanceof HeddleError) return thrown.message;
    throw thrown;
  }
}

/** Takes the selected nodes out into a workflow file of their own, and puts a node that runs it in their place. */
export async function extractSelected(target: EditorTarget, name: string): Promise<void> {
  const document = toDocument(target);
  const ids = listSelected(target);
  try {
    const extraction = extractSubflow(document, new Set(ids), name);
    // Before there is a file: an edit that will be refused must not leave one behind.
    refuseLocked(document, extraction.toEdit(''));
    const { path } = await getApi().workflow.create({ name, document: extraction.workflow });
    if (toDocument(target) !== document) {
      await getApi().workflow.remove({ path });
      throw new HeddleError('workflow.invalid', 'The workflow was changed meanwhile. Extract again.');
    }
    if (!tryEdit(target, extraction.toEdit(path), `Extract “${name}”`)) return;
    select(target, [extraction.node]);
    notifyDone(`“${name}” is a workflow of its own now.`);
  } catch (thrown) {
    tellRefusal(thrown);
  }
}

/** Puts what the selected subflow runs in its place; its file stays. */
export async function inlineSelected(target: EditorTarget): Promise<void> {
  const document = toDocument(target);
  const node = document.nodes.find(({ id }) => id === listSelected(target)[0]);
  const path = node === undefined ? '' : toReference(node);
  if (node === undefined) return;
  try {
    if (path === '') throw new HeddleError('workflow.invalid', `“${node.name || node.id}” has no workflow yet.`);
    const inner = findDocument(path)?.document ?? (await getApi().workflow.get({ path })).document;
    if (toDocument(target) !== document) throw new HeddleError('workflow.invalid', 'The workflow was changed meanwhile. Try again.');
    const { edit, nodes } = inlineSubflow(document, node.id, inner);
    if (tryEdit(target, edit, `Inline ${node.name || node.id}`)) select(target, nodes);
  } catch (thrown) {
    tellRefusal(thrown);
  }
}
