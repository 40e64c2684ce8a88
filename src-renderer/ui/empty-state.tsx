import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
  /** Sits at the top of a narrow panel instead of in the middle of a wide one. */
  readonly isCompact?: boolean;
}

/** What a panel says when it has nothing to show, and what to do about it. */
export function EmptyState({ icon, title, text, actions, isCompact = false }: EmptyStateProps) {
  return (
    <div
      className={
        isCompact ? 'flex flex-col items-start gap-2 px-4 py-3' : 'flex h-full flex-col items-center justify-center gap-3 p-6 text-center'
      }
    >
      {icon !== undefined && <span className="text-ink-3">{icon}</span>}
      <div className="max-w-96">
        <p className="text-13 font-medium text-ink-1">{title}</p>
        {text !== undefined && <div className="mt-0.5 text-12 text-ink-2">{text}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  );
}
