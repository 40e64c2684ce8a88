import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/json-view.tsx';

interface ErrorBoundaryState {
  readonly error: Error | null;
}

/** Keeps a crash of one panel from taking the window, says so, and offers to draw it again. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(error: Error): ErrorBoundaryState {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div role="alert" className="flex h-full flex-col items-start justify-center gap-2 p-6">
        <p className="text-13 font-medium">This panel has crashed</p>
        <p className="text-12 text-ink-2">It is a bug in Heddle. Nothing was lost: what you saw is in the journal and the files.</p>
        <div className="flex w-full items-start gap-1 rounded-md border border-line bg-canvas p-2">
          <code className="min-w-0 flex-1 font-mono text-12 break-words text-failed">{error.message}</code>
          <CopyButton text={error.stack ?? error.message} label="Copy error" />
        </div>
        <Button onClick={() => this.setState({ error: null })}>Show it again</Button>
      </div>
    );
  }
}
