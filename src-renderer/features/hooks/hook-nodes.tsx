import { X } from 'lucide-react';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { Select } from '../../ui/select.tsx';
import { listNodeChoices } from './hook-edits.ts';

export interface HookNodesProps {
  readonly document: WorkflowDocument;
  readonly chosen: readonly string[];
  readonly problem: string | null;
  readonly isReadOnly: boolean;
  readonly onChange: (nodes: string[]) => void;
}

/** The nodes that a hook is asked about: all of them until some are chosen. */
export function HookNodes({ document, chosen, problem, isReadOnly, onChange }: HookNodesProps) {
  const choices = listNodeChoices(document, chosen);
  const nameOf = (id: string) => document.nodes.find((node) => node.id === id)?.name || id;
  return (
    <div className="flex flex-col gap-1.5">
      <Select
        label="About"
        problem={problem}
        disabled={isReadOnly || choices.length === 0}
        value=""
        options={[
          { value: '', label: chosen.length === 0 ? 'All nodes' : 'Add a node…' },
          ...choices.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(id) => id !== '' && onChange([...chosen, id])}
      />
      {chosen.length > 0 && (
        <ul aria-label="Nodes it is asked about" className="flex flex-wrap gap-1">
          {chosen.map((id) => (
            <li
              key={id}
              className="inline-flex h-6 max-w-full items-center gap-1 rounded-full border border-line bg-surface-1 pr-1 pl-2 text-12"
            >
              <span className="truncate">{nameOf(id)}</span>
              {!isReadOnly && (
                <button
                  type="button"
                  aria-label={`Do not ask about ${nameOf(id)}`}
                  className="flex size-4 items-center justify-center rounded-full text-ink-2 hover:bg-surface-3 hover:text-ink-1"
                  onClick={() => onChange(chosen.filter((one) => one !== id))}
                >
                  <X size={11} aria-hidden />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
