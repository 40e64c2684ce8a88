import { ChevronRight } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { Fragment, useRef } from 'react';
import { KeyHint } from '../../ui/key-hint.tsx';
import { findCanvas } from './canvas-handles.ts';
import { type MenuEntry, useCanvasUi } from './canvas-ui.ts';

const box = 'z-50 min-w-52 rounded-lg border border-line-strong bg-surface-2 p-1 shadow-pop';
const row =
  'flex h-7 items-center gap-2 rounded-md px-2 text-13 outline-none data-[highlighted]:bg-surface-3 data-[state=open]:bg-surface-3';

/** The menu of what was pointed at, where it was pointed at. What is chosen is done when the menu has gone and the canvas has the focus. */
export function CanvasMenuView({ tabId }: { readonly tabId: string }) {
  const menu = useCanvasUi((store) => (store.menu?.tabId === tabId ? store.menu : null));
  const chosen = useRef<(() => void) | null>(null);
  if (menu === null) return null;
  const close = () => {
    useCanvasUi.setState({ menu: null });
    findCanvas(tabId)?.element.focus({ preventScroll: true });
    const act = chosen.current;
    chosen.current = null;
    act?.();
  };
  const choose = (run: () => void) => {
    chosen.current = run;
  };
  return (
    <DropdownMenu.Root open onOpenChange={(isOpen) => !isOpen && close()} modal={false}>
      <DropdownMenu.Trigger asChild>
        <span aria-hidden className="pointer-events-none fixed size-0" style={{ left: menu.at.x, top: menu.at.y }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={menu.label}
          align="start"
          sideOffset={2}
          collisionPadding={8}
          loop
          className={box}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onContextMenu={(event) => event.preventDefault()}
        >
          {menu.sections.map((entries, index) => (
            <Fragment key={entries[0]?.label}>
              {index > 0 && <DropdownMenu.Separator className="mx-1 my-1 h-px bg-line" />}
              {entries.map((entry) => (
                <Entry key={entry.label} entry={entry} onChoose={choose} />
              ))}
            </Fragment>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Entry({ entry, onChoose }: { readonly entry: MenuEntry; readonly onChoose: (run: () => void) => void }) {
  if (entry.type === 'item') {
    return (
      <DropdownMenu.Item
        className={`${row} ${entry.isDangerous === true ? 'text-failed' : 'text-ink-1'}`}
        onSelect={() => onChoose(entry.run)}
      >
        <span className="flex-1">{entry.label}</span>
        {entry.keys !== undefined && <KeyHint keys={entry.keys} />}
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className={`${row} text-ink-1`}>
        <span className="flex-1">{entry.label}</span>
        <ChevronRight size={14} aria-hidden className="text-ink-2" />
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent className={box} sideOffset={4} collisionPadding={8}>
          {entry.entries.map((inner) => (
            <Entry key={inner.label} entry={inner} onChoose={onChoose} />
          ))}
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  );
}
