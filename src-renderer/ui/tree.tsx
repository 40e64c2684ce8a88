import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';

export interface TreeRow {
  readonly id: string;
  readonly depth: number;
  readonly label: string;
  /** Undefined for a leaf. */
  readonly isExpanded?: boolean | undefined;
  readonly icon?: ReactNode;
  readonly trailing?: ReactNode;
}

export interface TreeProps {
  readonly label: string;
  /** The visible rows, parents before their children. */
  readonly rows: readonly TreeRow[];
  readonly selectedId: string | null;
  readonly onSelect: (id: string) => void;
  readonly onToggle?: (id: string) => void;
  readonly onOpen?: (id: string) => void;
}

/** Nested rows with the keys everyone knows: up, down, right to open, left to close, Enter. */
export function Tree({ label, rows, selectedId, onSelect, onToggle, onOpen }: TreeProps) {
  const root = useRef<HTMLDivElement>(null);
  const focusRow = (index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    onSelect(row.id);
    root.current?.querySelectorAll<HTMLElement>('[role=treeitem]')[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const row = rows[index];
    if (row === undefined) return;
    const toParent = () => {
      const parent = rows.slice(0, index).findLastIndex((candidate) => candidate.depth < row.depth);
      if (parent >= 0) focusRow(parent);
    };
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focusRow(index + 1),
      ArrowUp: () => focusRow(index - 1),
      Home: () => focusRow(0),
      End: () => focusRow(rows.length - 1),
      ArrowRight: () => (row.isExpanded === false ? onToggle?.(row.id) : focusRow(index + 1)),
      ArrowLeft: () => (row.isExpanded === true ? onToggle?.(row.id) : toParent()),
      Enter: () => (onOpen ?? onSelect)(row.id),
      ' ': () => onSelect(row.id),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };
  const focusable = rows.some((row) => row.id === selectedId) ? selectedId : rows[0]?.id;

  return (
    <div role="tree" aria-label={label} ref={root}>
      {rows.map((row, index) => (
        <div
          key={row.id}
          role="treeitem"
          aria-level={row.depth + 1}
          aria-expanded={row.isExpanded}
          aria-selected={row.id === selectedId}
          tabIndex={row.id === focusable ? 0 : -1}
          className={`is-row flex h-6.5 items-center gap-1.5 rounded-md pr-2 text-13 ${row.id === selectedId ? 'bg-surface-3 text-ink-1' : 'text-ink-2 hover:bg-surface-2 hover:text-ink-1'}`}
          style={{ paddingLeft: 4 + row.depth * 12 }}
          onKeyDown={(event) => onKeyDown(event, index)}
          onClick={() => {
            onSelect(row.id);
            if (row.isExpanded !== undefined && onOpen === undefined) onToggle?.(row.id);
          }}
          onDoubleClick={() => onOpen?.(row.id)}
        >
          {/* The arrow is for the pointer; keys and screen readers have arrows and aria-expanded. */}
          <span
            aria-hidden
            className="flex w-3.5 shrink-0 justify-center text-ink-3"
            onClick={(event) => {
              if (row.isExpanded === undefined || onToggle === undefined) return;
              event.stopPropagation();
              onToggle(row.id);
            }}
          >
            {row.isExpanded === undefined ? null : row.isExpanded ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
          </span>
          {row.icon}
          <span className="min-w-0 flex-1 truncate">{row.label}</span>
          {row.trailing}
        </div>
      ))}
    </div>
  );
}
