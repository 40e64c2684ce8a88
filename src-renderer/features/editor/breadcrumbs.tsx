import { ChevronRight, CornerLeftUp } from 'lucide-react';
import { Fragment } from 'react';
import { keysOf } from '../../app/commands.ts';
import { findDocument } from '../../state/documents.ts';
import { selectWorkflowName, useLibrary } from '../../state/library.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { goBack, listSteps, useTrail } from './trail.ts';

/** Above a workflow that was opened through a node of another: the way there, and back. */
export function Breadcrumbs({ path, name }: { readonly path: string; readonly name: string }) {
  const cameFrom = useTrail((store) => store.cameFrom);
  const workflows = useLibrary((store) => store.workflows);
  const steps = listSteps(cameFrom, path);
  const last = steps.at(-1);
  if (last === undefined) return null;
  return (
    <nav
      aria-label="The way here"
      className="absolute top-3 left-3 z-10 flex h-7.5 max-w-[calc(100%-220px)] items-center gap-0.5 rounded-lg border border-line bg-surface-1 pr-2.5 pl-0.5 text-12 shadow-card"
    >
      <IconButton
        size="small"
        label="Go back"
        keys={keysOf('workflow.back')}
        icon={<CornerLeftUp size={14} />}
        onClick={() => goBack(last)}
      />
      {steps.map((step) => (
        <Fragment key={step.path}>
          <button
            type="button"
            className="min-w-0 truncate rounded-md px-1 text-ink-2 hover:bg-surface-3 hover:text-ink-1"
            title={`${selectWorkflowName(workflows, step.path)}: ${toNodeName(step.path, step.node)}`}
            onClick={() => goBack(step)}
          >
            {selectWorkflowName(workflows, step.path)}
          </button>
          <ChevronRight size={12} aria-hidden className="shrink-0 text-ink-3" />
        </Fragment>
      ))}
      <span aria-current="page" className="min-w-0 truncate">
        {name}
      </span>
    </nav>
  );
}

function toNodeName(path: string, id: string): string {
  return findDocument(path)?.document.nodes.find((node) => node.id === id)?.name || id;
}
