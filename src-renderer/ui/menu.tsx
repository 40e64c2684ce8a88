import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { KeyHint } from './key-hint.tsx';

export interface MenuItem {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly keys?: string | undefined;
  readonly isDangerous?: boolean;
  readonly onSelect: () => void;
}

export interface MenuProps {
  readonly trigger: ReactElement;
  readonly items: readonly MenuItem[];
  readonly label: string;
  /** With `onOpenChange`, for menus that something else opens too. */
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

/** A menu below its button. */
export function Menu({ trigger, items, label, isOpen, onOpenChange }: MenuProps) {
  const hasIcons = items.some((item) => item.icon !== undefined);
  return (
    <DropdownMenu.Root {...(isOpen === undefined ? {} : { open: isOpen })} {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 rounded-lg border border-line-strong bg-surface-2 p-1 shadow-pop"
        >
          {items.map((item) => (
            <DropdownMenu.Item
              key={item.label}
              onSelect={item.onSelect}
              className={`flex h-7 items-center gap-2 rounded-md px-2 text-13 outline-none data-[highlighted]:bg-surface-3 ${item.isDangerous ? 'text-failed' : 'text-ink-1'}`}
            >
              {hasIcons && <span className="flex w-4 justify-center text-ink-2">{item.icon}</span>}
              <span className="flex-1">{item.label}</span>
              {item.keys !== undefined && <KeyHint keys={item.keys} />}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
