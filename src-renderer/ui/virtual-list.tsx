import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';

export interface VirtualListProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly rowHeight: number;
  readonly toKey: (item: Item) => string | number;
  readonly selectedIndex?: number;
  /** Called by click, arrows, Home and End. Rows are then options of a listbox. */
  readonly onSelect?: (item: Item, index: number) => void;
  /** Enter or double click. */
  readonly onOpen?: (item: Item, index: number) => void;
  /** Stays at the end as long as the user has not scrolled away from it. */
  readonly isFollowing?: boolean;
  readonly className?: string;
  readonly children: (item: Item, index: number, isSelected: boolean) => ReactNode;
}

/** A list of any length that draws only what is seen. */
export function VirtualList<Item>(props: VirtualListProps<Item>) {
  const { label, items, rowHeight, toKey, selectedIndex = -1, onSelect, onOpen, isFollowing = false, className = '', children } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : toKey(item);
    },
  });

  const count = items.length;
  useEffect(() => {
    if (isFollowing && isAtEnd.current && count > 0) rows.scrollToIndex(count - 1);
  }, [count, isFollowing, rows]);
  useEffect(() => {
    if (selectedIndex >= 0) rows.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [selectedIndex, rows]);

  const select = (index: number) => {
    const next = Math.min(items.length - 1, Math.max(0, index));
    const item = items[next];
    if (item !== undefined) onSelect?.(item, next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: selectedIndex + 1,
      ArrowUp: selectedIndex - 1,
      PageDown: selectedIndex + page,
      PageUp: selectedIndex - page,
      Home: 0,
      End: items.length - 1,
    };
    const target = moves[event.key];
    const selected = items[selectedIndex];
    if (target !== undefined && onSelect) {
      event.preventDefault();
      select(target);
    } else if (event.key === 'Enter' && !event.altKey && !event.ctrlKey && !event.metaKey && selected !== undefined && onOpen) {
      event.preventDefault();
      onOpen(selected, selectedIndex);
    }
  };
  const isSelectable = onSelect !== undefined;
  const drawn = rows.getVirtualItems();
  const active = drawn.some((row) => row.index === selectedIndex) ? `${toId(label)}-${selectedIndex}` : undefined;

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is listbox or list, by what it is used for.
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles take a name, and the active row is only named on a listbox.
    <div
      ref={scroller}
      role={isSelectable ? 'listbox' : 'list'}
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={isSelectable ? active : undefined}
      className={`h-full overflow-y-auto focus-visible:outline-offset-[-2px] ${className}`}
      onKeyDown={onKeyDown}
      onScroll={(event) => {
        const view = event.currentTarget;
        isAtEnd.current = view.scrollHeight - view.scrollTop - view.clientHeight < rowHeight * 1.5;
      }}
    >
      <div role="presentation" className="relative w-full" style={{ height: rows.getTotalSize() }}>
        {drawn.map((row) => {
          const item = items[row.index];
          if (item === undefined) return null;
          const isSelected = row.index === selectedIndex;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the list, which holds the focus.
            // biome-ignore lint/a11y/noStaticElementInteractions: its role is option or listitem, as the list's.
            // biome-ignore lint/a11y/useAriaPropsSupportedByRole: it is only said to be selected as an option.
            <div
              key={row.key}
              id={`${toId(label)}-${row.index}`}
              role={isSelectable ? 'option' : 'listitem'}
              aria-selected={isSelectable ? isSelected : undefined}
              aria-setsize={items.length}
              aria-posinset={row.index + 1}
              className="is-row absolute left-0 w-full"
              style={{ height: rowHeight, transform: `translateY(${row.start}px)` }}
              onClick={() => select(row.index)}
              onDoubleClick={() => onOpen?.(item, row.index)}
            >
              {children(item, row.index, isSelected)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function toId(label: string): string {
  return label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
