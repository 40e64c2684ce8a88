import { useEffect, useMemo, useRef } from 'react';
import type { InspectorField } from '#shared/nodes/kind.ts';
import { findKind } from '#shared/nodes/registry.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { viewNode } from '#shared/workflow/node-view.ts';
import type { Problem } from '#shared/workflow/problem.ts';
import { runCommand } from '../../app/commands.ts';
import { useCanvasView } from '../../state/canvas-view.ts';
import { useInsights } from '../../state/insights.ts';
import { Button } from '../../ui/button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { listExpressionNames } from './expression-names.ts';
import { FieldEditor } from './field-editor.tsx';
import { IdentityFields } from './identity-fields.tsx';
import { LastRun } from './last-run.tsx';
import { PartButtons } from './part-buttons.tsx';
import { PinSection } from './pin-section.tsx';
import { PlaceSection } from './place-section.tsx';
import { PolicySection } from './policy-section.tsx';
import { ProblemFixes } from './problem-fixes.tsx';
import { Section } from './section.tsx';
import { useTrials } from './trial.ts';
import { useNodeEdit } from './use-node-edit.ts';

export interface NodeInspectorProps {
  readonly path: string;
  readonly tabId: string;
  readonly document: WorkflowDocument;
  readonly node: WorkflowNode;
  readonly isReadOnly: boolean;
}

const noProblems: readonly Problem[] = [];

/** The fields of one node, as its kind describes them. */
export function NodeInspector({ path, tabId, document, node, isReadOnly }: NodeInspectorProps) {
  const kind = findKind(node.kind);
  const edit = useNodeEdit(path, node);
  const problems = useInsights((store) => store.byPath[path]?.problemsByNode.get(node.id)) ?? noProblems;
  const names = useMemo(() => listExpressionNames(document, node.id), [document, node.id]);
  const trialOf = useTrials(path, document, node);
  const root = useRef<HTMLDivElement>(null);
  const view = viewNode(node);
  const isUndo = document.nodes.some(({ compensation }) => compensation === node.id);
  const isRunnable = kind?.isExecutable === true && !isUndo && node.disabled !== true && !isReadOnly;
  const outputs = view.type === 'valid' && !isUndo ? view.ports.outputs : [];
  useFieldFocus(root, path, node.id);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that a field inside it was left.
    <div ref={root} className="flex min-h-full flex-col" onBlur={edit.end}>
      <header className="flex items-center gap-2 px-3.5 pt-3 pb-1">
        <KindIcon kind={node.kind} />
        <h2 className="min-w-0 flex-1 truncate text-15 font-semibold">{node.name || kind?.title || node.id}</h2>
        {isReadOnly ? (
          <span className="shrink-0 text-12 text-ink-3">{kind?.title ?? node.kind}</span>
        ) : (
          <Button
            size="small"
            tone="quiet"
            title="Replace by another kind"
            onClick={() => {
              findCanvas(tabId)?.focus();
              runCommand('node.replaceKind');
            }}
          >
            {kind?.title ?? node.kind}
          </Button>
        )}
      </header>
      {isRunnable && <PartButtons />}
      <div className="flex flex-col gap-3 px-3.5 pt-1 pb-4">
        {kind !== undefined && <p className="text-12 text-ink-2">{kind.description}</p>}
        <IdentityFields path={path} tabId={tabId} node={node} edit={edit} isReadOnly={isReadOnly} />
        <GeneralProblems path={path} problems={problems} keys={kind?.fields.map((field) => field.key.split('.')[0] as string) ?? []} />
        {kind?.fields.map((field) => {
          if (!isShown(field, node)) return null;
          const own = problems.filter((problem) => problem.path?.[0] === field.key.split('.')[0]);
          return (
            <div key={`${node.id} ${field.key}`} data-field={field.key}>
              <FieldEditor
                field={field}
                config={node.config}
                problem={own.find((problem) => problem.severity === 'error')?.message ?? null}
                names={names}
                trial={trialOf(field)}
                node={node}
                path={path}
                isReadOnly={isReadOnly}
                onChange={(value) => edit.setValue(field.key, value)}
              />
              {own.map(
                (problem) =>
                  problem.severity === 'warning' && (
                    <p key={`${problem.code} ${problem.message}`} className="mt-1 text-12 text-waiting">
                      {problem.message}
                    </p>
                  ),
              )}
              {own.map((problem) => (
                <ProblemFixes key={`${problem.code} ${problem.message}`} path={path} problem={problem} />
              ))}
            </div>
          );
        })}
        {kind === undefined && <UnknownKind node={node} />}
      </div>
      {kind?.isExecutable !== false && (
        <>
          <Section title="When it fails">
            <PolicySection node={node} edit={edit} isReadOnly={isReadOnly} />
          </Section>
          <Section title="Where it waits, and how it is undone">
            <PlaceSection document={document} node={node} edit={edit} isReadOnly={isReadOnly} />
          </Section>
          {outputs.length > 0 && (
            <Section title="Pinned output">
              <PinSection key={node.id} path={path} node={node.id} ports={outputs} />
            </Section>
          )}
          <Section title="Last run here">
            <LastRun path={path} node={node.id} />
          </Section>
          <div className="border-t border-line px-3.5 py-3">
            <Toggle
              label="Disabled"
              help="It is skipped, and what only it feeds too."
              isOn={node.disabled === true}
              disabled={isReadOnly}
              onChange={(isOn) =>
                edit.edit(
                  { type: 'setDisabled', node: node.id, disabled: isOn ? true : null },
                  `${isOn ? 'Disable' : 'Enable'} ${node.name || node.id}`,
                )
              }
            />
          </div>
        </>
      )}
    </div>
  );
}

/** The canvas of the tab: its commands are offered while it has the focus. */
function findCanvas(tabId: string): HTMLElement | null {
  return window.document.querySelector(`[data-canvas="${CSS.escape(tabId)}"]`);
}

/** A key that the file leaves out has the default of its kind. */
function isShown({ shownWhen }: InspectorField, { kind, config }: WorkflowNode): boolean {
  if (shownWhen === undefined) return true;
  const value = config[shownWhen.key] ?? findKind(kind)?.defaultConfig[shownWhen.key];
  return typeof value === 'string' && shownWhen.isOneOf.includes(value);
}

/** What is wrong with the node as a whole, or with its ports: everything that no field shows. */
function GeneralProblems({
  path,
  problems,
  keys,
}: {
  readonly path: string;
  readonly problems: readonly Problem[];
  readonly keys: readonly string[];
}) {
  const general = problems.filter((problem) => problem.path?.[0] === undefined || !keys.includes(String(problem.path[0])));
  if (general.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1">
      {general.map((problem) => (
        <li
          key={`${problem.code} ${problem.port} ${problem.message}`}
          className={`text-12 ${problem.severity === 'error' ? 'text-failed' : 'text-waiting'}`}
        >
          {problem.message}
          <ProblemFixes path={path} problem={problem} />
        </li>
      ))}
    </ul>
  );
}

function UnknownKind({ node }: { readonly node: WorkflowNode }) {
  return (
    <>
      <p className="text-12 text-ink-2">
        This build does not know the kind “{node.kind}”. Its settings are kept as they are, and it cannot run. A newer Heddle may know it.
      </p>
      <JsonView value={node.config} label="settings" />
    </>
  );
}

/** Puts the cursor into the field that another panel asks for, once. */
function useFieldFocus(root: React.RefObject<HTMLElement | null>, path: string, node: string): void {
  const wish = useCanvasView((store) => (store.focusField?.path === path && store.focusField.node === node ? store.focusField : null));
  useEffect(() => {
    if (wish === null) return;
    const fields = [...(root.current?.querySelectorAll<HTMLElement>('[data-field]') ?? [])];
    const field = wish.field === null ? fields[0] : fields.find((candidate) => candidate.dataset.field?.split('.')[0] === wish.field);
    const control = (field ?? root.current)?.querySelector<HTMLElement>('input, textarea, select, button');
    control?.focus();
    control?.scrollIntoView({ block: 'nearest' });
    useCanvasView.setState({ focusField: null });
  }, [wish, root]);
}
