import { Ban, CircleAlert, Eye, type LucideIcon, PencilLine } from 'lucide-react';
import type { HookOutcome } from '#shared/run/events.ts';
import type { HookState } from '#shared/run/state.ts';
import { hookPointTitles } from '../../state/hook-words.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { listValueChanges, toShortValue } from './value-changes.ts';

const looks: Readonly<Record<HookOutcome['type'], { readonly Icon: LucideIcon; readonly color: string; readonly word: string }>> = {
  observed: { Icon: Eye, color: 'text-ink-2', word: 'looked on' },
  changed: { Icon: PencilLine, color: 'text-waiting', word: 'changed' },
  vetoed: { Icon: Ban, color: 'text-failed', word: 'refused' },
  failed: { Icon: CircleAlert, color: 'text-failed', word: 'failed' },
};

/** What hooks said here: who, when, and what was made of the value. */
export function HookSayings({ hooks }: { readonly hooks: readonly HookState[] }) {
  if (hooks.length === 0) return null;
  return (
    <section aria-label="Hooks" className="flex flex-col gap-1.5">
      <h3 className="section-label">Hooks</h3>
      <ul className="flex flex-col gap-2">
        {hooks.map(({ frame, point, ordinal, hook, outcome }) => {
          const { Icon, color, word } = looks[outcome.type];
          return (
            <li key={`${frame} ${point} ${ordinal} ${hook}`} className="flex flex-col gap-1 text-12">
              <span className="flex items-center gap-1.5">
                <Icon size={13} aria-hidden className={`shrink-0 ${color}`} />
                <span className="min-w-0 flex-1 truncate">
                  <span className="font-mono">{hook}</span>
                  <span className="text-ink-2"> · {hookPointTitles[point].toLowerCase()}</span>
                </span>
                <span className={`shrink-0 ${color}`}>{word}</span>
              </span>
              <Saying outcome={outcome} name={hook} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const mostChanges = 12;

function Saying({ outcome, name }: { readonly outcome: HookOutcome; readonly name: string }) {
  switch (outcome.type) {
    case 'observed':
      return null;
    case 'vetoed':
      return <p className="break-words text-ink-2">{outcome.reason}</p>;
    case 'failed':
      return <p className="break-words text-ink-2">{outcome.error.message}</p>;
    case 'changed': {
      // Journals of earlier builds do not say what the value was.
      if (outcome.before === undefined) return <JsonView value={outcome.value} label={`what ${name} made of it`} openDepth={1} />;
      const changes = listValueChanges(outcome.before, outcome.value);
      return (
        <dl className="flex flex-col gap-1 rounded-md border border-line bg-surface-2 px-2 py-1.5 font-mono text-11">
          {changes.slice(0, mostChanges).map(({ path, before, after }) => (
            <div key={path} className="flex flex-col">
              {path !== '' && <dt className="text-ink-2">{path}</dt>}
              <dd className="break-words">
                <del className="text-failed">{toShortValue(before, 200)}</del>
                <span className="text-ink-2"> → </span>
                <ins className="text-succeeded no-underline">{toShortValue(after, 200)}</ins>
              </dd>
            </div>
          ))}
          {changes.length > mostChanges && <span className="text-ink-2">and {changes.length - mostChanges} more</span>}
        </dl>
      );
    }
  }
}
