import { type FormEvent, useState } from 'react';
import { nodeIdPattern, toEdgeId, type WorkflowDocument } from '#shared/workflow/document.ts';
import { countFollowers } from '#shared/workflow/rename-references.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { findCanvas } from './canvas-handles.ts';
import { type CanvasDialog, useCanvasUi } from './canvas-ui.ts';
import { type EditorTarget, listSelected, tryEdit } from './editor-actions.ts';
import { toGroupChange } from './grouping.ts';
import { renameNode } from './node-actions.ts';
import { extractSelected, findExtractRefusal } from './subflow-actions.ts';

/** The questions about names that commands on the canvas ask. */
export function CanvasDialogs({ target, document }: { readonly target: EditorTarget; readonly document: WorkflowDocument }) {
  const about = useCanvasUi((store) => (store.dialog?.tabId === target.tabId ? store.dialog.about : null));
  if (about === null) return null;
  const close = () => {
    useCanvasUi.setState({ dialog: null });
    requestAnimationFrame(() => findCanvas(target.tabId)?.element.focus({ preventScroll: true }));
  };
  return <Question target={target} document={document} about={about} onClose={close} />;
}

interface QuestionProps {
  readonly target: EditorTarget;
  readonly document: WorkflowDocument;
  readonly about: CanvasDialog;
  readonly onClose: () => void;
}

function Question({ target, document, about, onClose }: QuestionProps) {
  switch (about.type) {
    case 'renameNode':
      return <RenameNode target={target} document={document} id={about.node} onClose={onClose} />;
    case 'renameGroup': {
      const group = document.groups?.find(({ id }) => id === about.group);
      return (
        <OneName
          title="Name the group"
          label="Title"
          first={group?.title ?? ''}
          action="Name it"
          mayBeEmpty
          onClose={onClose}
          onDone={(title) => tryEdit(target, toGroupChange(document, about.group, { title }), `Name the group “${title}”`)}
        />
      );
    }
    case 'labelEdge': {
      const edge = document.edges.find((candidate) => toEdgeId(candidate) === about.edge);
      return (
        <OneName
          title="Label the edge"
          label="Label"
          first={edge?.label ?? ''}
          action="Label it"
          mayBeEmpty
          onClose={onClose}
          onDone={(label) =>
            tryEdit(target, { type: 'changeEdgeLabel', edge: about.edge, label: label === '' ? null : label }, 'Label edge')
          }
        />
      );
    }
    case 'extract':
      return <Extract target={target} onClose={onClose} />;
  }
}

function Extract({ target, onClose }: { readonly target: EditorTarget; readonly onClose: () => void }) {
  const [refusal] = useState(() => findExtractRefusal(target));
  const count = listSelected(target).length;
  return (
    <OneName
      title={count === 1 ? 'Extract the node into a subflow' : `Extract ${count} nodes into a subflow`}
      label="Name of the new workflow"
      first="Steps"
      action="Extract"
      problem={refusal}
      onClose={onClose}
      onDone={(name) => void extractSelected(target, name)}
    />
  );
}

interface OneNameProps {
  readonly title: string;
  readonly label: string;
  readonly first: string;
  readonly action: string;
  readonly mayBeEmpty?: boolean;
  /** Why it cannot be done at all. */
  readonly problem?: string | null;
  readonly onClose: () => void;
  readonly onDone: (name: string) => void;
}

function OneName({ title, label, first, action, mayBeEmpty = false, problem = null, onClose, onDone }: OneNameProps) {
  const [name, setName] = useState(first);
  const isUsable = problem === null && (mayBeEmpty || name.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isUsable) return;
    onClose();
    onDone(name.trim());
  };
  return (
    <Dialog isOpen onClose={onClose} title={title} width="narrow">
      <form onSubmit={submit} className="flex flex-col gap-3 pb-2">
        <TextField
          label={label}
          value={name}
          maxLength={200}
          problem={problem}
          onChange={(event) => setName(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        <Button type="submit" tone="primary" disabled={!isUsable} className="self-end">
          {action}
        </Button>
      </form>
    </Dialog>
  );
}

function RenameNode({ target, document, id, onClose }: Omit<QuestionProps, 'about'> & { readonly id: string }) {
  const node = document.nodes.find((candidate) => candidate.id === id);
  const [name, setName] = useState(node?.name ?? '');
  const [newId, setNewId] = useState(id);
  const followers = countFollowers(document, id);
  const problem = findIdProblem(document, id, newId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem !== null) return;
    onClose();
    renameNode(target, id, name, newId);
  };
  return (
    <Dialog isOpen onClose={onClose} title={`Rename ${node?.name || id}`} width="narrow">
      <form onSubmit={submit} className="flex flex-col gap-3 pb-2">
        <TextField
          label="Name"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        <TextField
          label="In expressions"
          isMono
          value={newId}
          problem={problem}
          help={
            followers === 0
              ? 'Nothing speaks of it yet.'
              : followers === 1
                ? 'One place speaks of it and follows.'
                : `${followers} places speak of it and follow.`
          }
          onChange={(event) => setNewId(event.target.value)}
        />
        <Button type="submit" tone="primary" disabled={problem !== null} className="self-end">
          Rename
        </Button>
      </form>
    </Dialog>
  );
}

function findIdProblem(document: WorkflowDocument, id: string, newId: string): string | null {
  if (newId === id) return null;
  if (!nodeIdPattern.test(newId)) return 'A letter first; then letters, digits and _.';
  return document.nodes.some((node) => node.id === newId) ? 'Another node is called so.' : null;
}
