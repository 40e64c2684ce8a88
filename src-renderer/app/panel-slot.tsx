import type { ComponentType, ReactNode } from 'react';
import { ErrorBoundary } from './error-boundary.tsx';
import { findPanel, type PanelId, type PanelProps } from './panels.ts';

/** Shows a registered panel; a crash in it stays in it. */
export function PanelSlot<Id extends PanelId>({
  id,
  fallback = null,
  ...props
}: { readonly id: Id; readonly fallback?: ReactNode } & PanelProps[Id]) {
  const Panel = findPanel(id) as ComponentType<Record<string, unknown>> | undefined;
  if (Panel === undefined) return fallback;
  return (
    <ErrorBoundary>
      <Panel {...(props as unknown as Record<string, unknown>)} />
    </ErrorBoundary>
  );
}
