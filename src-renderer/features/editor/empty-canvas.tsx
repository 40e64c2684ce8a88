import type { NodeKind } from '#shared/nodes/kind.ts';
import { nodeKinds } from '#shared/nodes/registry.ts';
import { Button } from '../../ui/button.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { addNode, type EditorTarget, toViewCentre } from './editor-actions.ts';
import { openQuickAdd } from './open-quick-add.ts';

/** What an empty canvas says: how to begin, with the three beginnings that most workflows have. */
export function EmptyCanvas({ target }: { readonly target: EditorTarget }) {
  return (
    <div className="pointer-events-none absolute inset-0 z-10 flex items-center justify-center p-4">
      <div className="pointer-events-auto flex w-full max-w-100 flex-col gap-3 rounded-xl border border-line bg-surface-1 p-4 shadow-card">
        <div>
          <h2 className="text-15 font-semibold">Add your first node</h2>
          <p className="mt-0.5 text-12 text-ink-2">Draw from a port to connect it to the next one. Then press Run.</p>
        </div>
        <div className="flex flex-col gap-1">
          {beginnings.map(({ kind, text }) => (
            <button
              key={kind.kind}
              type="button"
              className="flex items-center gap-3 rounded-lg border border-line bg-surface-2 px-3 py-2 text-left transition-colors hover:border-line-strong hover:bg-surface-3"
              onClick={() => addNode(target, kind, toViewCentre(target, kind))}
            >
              <KindIcon kind={kind.kind} />
              <span className="min-w-0 flex-1">
                <span className="block text-13 font-medium">{kind.title}</span>
                <span className="block text-12 text-ink-2">{text}</span>
              </span>
              <KeyHint keys={kind.shortcut} />
            </button>
          ))}
        </div>
        <div className="flex items-center gap-2 text-12 text-ink-2">
          <Button size="small" onClick={() => openQuickAdd(target)}>
            Search all kinds
          </Button>
          <span>or double-click the canvas.</span>
        </div>
      </div>
    </div>
  );
}

const beginnings: readonly { readonly kind: NodeKind; readonly text: string }[] = [
  { kind: nodeKinds.input, text: 'Ask for something when the run starts.' },
  { kind: nodeKinds.prompt, text: 'Ask a model once.' },
  { kind: nodeKinds.agent, text: 'Let a model work with tools.' },
];
