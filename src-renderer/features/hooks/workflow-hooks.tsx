import { Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { HeddleError } from '#shared/base/errors.ts';
import { type HookDeclaration, type HookPoint, hookPoints } from '#shared/workflow/document.ts';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { focusHook, useCanvasView } from '../../state/canvas-view.ts';
import { editDocument, endEditGroup, findDocument, useDocuments } from '../../state/documents.ts';
import { hookPointTitles } from '../../state/hook-words.ts';
import { useInsights } from '../../state/insights.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { toHooksEdit, withHookChanged, withHookMoved, withNewHook, withoutHook } from './hook-edits.ts';
import { HookForm } from './hook-form.tsx';
import { HookRow } from './hook-row.tsx';

const none: readonly HookDeclaration[] = [];

/** The hooks of the workflow in front, in the order in which they are asked. */
export function WorkflowHooks({ path, isReadOnly }: { readonly path: string; readonly isReadOnly: boolean }) {
  const document = useDocuments((store) => store.byPath[path]?.document);
  const problems = useInsights((store) => store.byPath[path]?.problems) ?? [];
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const root = useRef<HTMLElement>(null);
  useHookFocus(root, path, setOpenIndex);
  const hooks = document?.hooks ?? none;
  if (document === undefined) return null;

  const edit = (change: (hooks: readonly HookDeclaration[]) => readonly HookDeclaration[], label: string, group?: string) =>
    changeHooks(path, change, label, group);
  return (
    <section ref={root} aria-label="Hooks" className="flex flex-col gap-2 border-t border-line pt-3" onBlur={() => endEditGroup(path)}>
      <div className="flex items-center gap-2">
        <h3 className="flex-1 text-13 font-semibold">
          Hooks {hooks.length > 0 && <span className="tabular font-normal text-ink-2">{hooks.length}</span>}
        </h3>
        {!isReadOnly && (
          <Menu
            label="When is it asked?"
            trigger={
              <Button size="small" icon={<Plus size={12} />}>
                Add hook
              </Button>
            }
            items={hookPoints.map((point: HookPoint) => ({
              label: hookPointTitles[point],
              onSelect: () => {
                edit((all) => withNewHook(all, point), `Add a hook ${hookPointTitles[point].toLowerCase()}`);
                focusHook(path, hooks.length, 'id');
              },
            }))}
          />
        )}
      </div>
      {hooks.length === 0 ? (
        <p className="text-12 text-ink-2">None. A hook is asked at a moment of each run; it may watch, change the value, or refuse.</p>
      ) : (
        <ol className="flex flex-col gap-1.5">
          {hooks.map((hook, index) => (
            <HookRow
              // biome-ignore lint/suspicious/noArrayIndexKey: the name of a hook is what may be edited, and two may have the same.
              key={index}
              hook={hook}
              index={index}
              count={hooks.length}
              problems={problems}
              isOpen={openIndex === index}
              isReadOnly={isReadOnly}
              onToggle={() => setOpenIndex(openIndex === index ? null : index)}
              onMove={(by) => {
                edit((all) => withHookMoved(all, index, by), `Move hook ${hook.id}`);
                setOpenIndex((open) => (open === index ? index + by : open === index + by ? index : open));
              }}
              onRemove={() => {
                edit((all) => withoutHook(all, index), `Remove hook ${hook.id}`);
                setOpenIndex(null);
              }}
            >
              <HookForm
                path={path}
                document={document}
                hook={hook}
                index={index}
                problems={problems}
                isReadOnly={isReadOnly}
                onChange={(change) =>
                  edit(
                    (all) => withHookChanged(all, index, change),
                    `Change hook ${hook.id}`,
                    `hook ${index} ${Object.keys(change).join()}`,
                  )
                }
              />
            </HookRow>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Does an edit of the hooks as they are now, and tells of a refusal. */
function changeHooks(
  path: string,
  change: (hooks: readonly HookDeclaration[]) => readonly HookDeclaration[],
  label: string,
  group?: string,
): void {
  const document = findDocument(path)?.document;
  if (document === undefined) return;
  const before = document.hooks ?? none;
  const after = change(before);
  if (after === before) return;
  try {
    editDocument(path, toHooksEdit(after), label, group ?? null);
  } catch (thrown) {
    // An edit that cannot be done is no fault: its own words are enough.
    if (thrown instanceof HeddleError && thrown.code === 'workflow.invalid') notifyDone(thrown.message);
    else notifyError(thrown);
  }
}

/** Opens the hook that another panel asks for and puts the cursor into its field, once. */
function useHookFocus(root: React.RefObject<HTMLElement | null>, path: string, open: (index: number) => void): void {
  const wish = useCanvasView((store) => (store.focusHook?.path === path ? store.focusHook : null));
  useEffect(() => {
    if (wish === null) return undefined;
    open(wish.hook);
    // The form is drawn first, and a menu that closes gives the focus back to its button.
    const timer = setTimeout(() => {
      const form = root.current?.querySelector(`[data-hook="${wish.hook}"]`);
      const field = form?.querySelector<HTMLElement>(`[data-field="${wish.field}"]`) ?? form;
      const control = field?.querySelector<HTMLElement>('textarea, input, select, button');
      control?.focus();
      control?.scrollIntoView({ block: 'nearest' });
      useCanvasView.setState({ focusHook: null });
    }, 50);
    return () => clearTimeout(timer);
  }, [wish, root, open]);
}
