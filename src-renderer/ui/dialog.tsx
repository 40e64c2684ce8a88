import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly width?: 'narrow' | 'normal' | 'wide';
  /** The row of buttons at the end. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

const widths = { narrow: 'max-w-96', normal: 'max-w-130', wide: 'max-w-180' } as const;

/** A question that must be answered before going on. Escape and a click beside it close it. */
export function Dialog({ isOpen, onClose, title, description, width = 'normal', actions, children }: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={focusFirstField}
          className={`fixed top-[12vh] left-1/2 z-40 flex max-h-[76vh] w-[calc(100vw-32px)] -translate-x-1/2 flex-col rounded-xl border border-line-strong bg-surface-1 shadow-pop focus:outline-none ${widths[width]}`}
        >
          <div className="flex items-start gap-2 px-4 pt-3 pb-1">
            <div className="min-w-0 flex-1 pt-0.5">
              <Radix.Title className="truncate text-15 font-semibold">{title}</Radix.Title>
              {description !== undefined && <Radix.Description className="mt-0.5 text-12 text-ink-2">{description}</Radix.Description>}
            </div>
            <Radix.Close
              aria-label="Close"
              className="flex size-7 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-surface-3 hover:text-ink-1"
            >
              <X size={16} />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-2">{children}</div>
          {actions !== undefined && <div className="flex items-center justify-end gap-2 border-t border-line px-4 py-3">{actions}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The first thing to fill in takes the focus, not the button that closes; without one the dialog itself. */
function focusFirstField(event: Event): void {
  event.preventDefault();
  const dialog = event.currentTarget as HTMLElement;
  (dialog.querySelector<HTMLElement>('input, textarea, select') ?? dialog).focus();
}
