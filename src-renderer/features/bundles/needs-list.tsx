import { CircleAlert, CircleCheck } from 'lucide-react';
import type { Need } from '#shared/contract/bundles.ts';

const typeWords: Readonly<Record<Need['type'], string>> = {
  workflow: 'Workflow',
  tool: 'Tool',
  server: 'Tool server',
  model: 'Model',
  secret: 'Secret',
  file: 'File',
  grant: 'Folder outside',
  lane: 'Lane',
  code: 'Code',
};

/** What a workflow needs, what is missing here first. */
export function NeedsList({ needs }: { readonly needs: readonly Need[] }) {
  if (needs.length === 0) return <p className="text-12 text-ink-2">It needs nothing besides Heddle.</p>;
  return (
    <ul aria-label="What it needs" className="flex flex-col gap-1">
      {needs.map(({ type, name, isHere, note }) => (
        <li key={`${type} ${name}`} className="flex items-start gap-2 text-12">
          {isHere ? (
            <CircleCheck size={14} aria-label="Here" className="mt-px shrink-0 text-succeeded" />
          ) : (
            <CircleAlert size={14} aria-label="Missing here" className="mt-px shrink-0 text-waiting" />
          )}
          <span className="w-24 shrink-0 text-ink-2">{typeWords[type]}</span>
          <span className="min-w-0 flex-1 break-words">
            <code className="font-mono text-12">{name}</code>
            {note !== null && <span className="text-ink-2"> {isHere ? note : `missing here; ${note}`}</span>}
            {note === null && !isHere && <span className="text-ink-2"> missing here</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
