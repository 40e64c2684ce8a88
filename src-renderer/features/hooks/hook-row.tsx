import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, CircleAlert, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { HookDeclaration } from '#shared/workflow/document.ts';
import type { Problem } from '#shared/workflow/problem.ts';
import { hookPointTitles } from '../../state/hook-words.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatCount } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { problemsOfHook } from './hook-edits.ts';

export interface HookRowProps {
  readonly hook: HookDeclaration;
  readonly index: number;
  readonly count: number;
  readonly problems: readonly Problem[];
  readonly isOpen: boolean;
  readonly isReadOnly: boolean;
  readonly onToggle: () => void;
  readonly onMove: (by: 1 | -1) => void;
  readonly onRemove: () => void;
  /** Its form, shown while it is open. */
  readonly children: ReactNode;
}

/** A hook in the list: its name, when it is asked, what is wrong with it. */
export function HookRow({ hook, index, count, problems, isOpen, isReadOnly, onToggle, onMove, onRemove, children }: HookRowProps) {
  const own = problemsOfHook(problems, index);
  const isWrong = own.some(({ severity }) => severity === 'error');
  const Mark = isWrong ? CircleAlert : TriangleAlert;
  return (
    <li data-hook={index} className="rounded-md border border-line bg-surface-2">
      <div className="flex items-center pr-1">
        <button
          type="button"
          aria-expanded={isOpen}
          className="flex min-w-0 flex-1 items-center gap-1.5 px-1.5 py-1 text-left"
          onClick={onToggle}
        >
          {isOpen ? (
            <ChevronDown size={13} aria-hidden className="shrink-0" />
          ) : (
            <ChevronRight size={13} aria-hidden className="shrink-0" />
          )}
          <span className="flex min-w-0 flex-1 flex-col">
            <span className={`truncate font-mono text-12 ${hook.disabled ? 'text-ink-2' : ''}`}>
              <span className="sr-only">Hook </span>
              {hook.id}
            </span>
            <span className="truncate text-11 text-ink-2">
              {hookPointTitles[hook.point]}
              {hook.nodes !== undefined && ` · ${formatCount(hook.nodes.length, 'node')}`}
            </span>
          </span>
          {hook.disabled && <Badge>off</Badge>}
          {own.length > 0 && (
            <>
              <Mark size={14} aria-hidden className={`shrink-0 ${isWrong ? 'text-failed' : 'text-waiting'}`} />
              <span className="sr-only">{formatCount(own.length, 'problem')}</span>
            </>
          )}
        </button>
        {!isReadOnly && (
          <>
            <IconButton
              size="small"
              label={`Ask hook ${hook.id} earlier`}
              icon={<ArrowUp size={13} />}
              disabled={index === 0}
              onClick={() => onMove(-1)}
            />
            <IconButton
              size="small"
              label={`Ask hook ${hook.id} later`}
              icon={<ArrowDown size={13} />}
              disabled={index === count - 1}
              onClick={() => onMove(1)}
            />
            <IconButton size="small" label={`Remove hook ${hook.id}`} icon={<X size={13} />} onClick={onRemove} />
          </>
        )}
      </div>
      {isOpen && <div className="flex flex-col gap-3 border-t border-line px-2.5 py-2.5">{children}</div>}
    </li>
  );
}
