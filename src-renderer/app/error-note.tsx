import { TriangleAlert } from 'lucide-react';
import type { ErrorInfo } from '#shared/base/errors.ts';
import { Button } from '../ui/button.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { runCommand } from './commands.ts';
import { errorWords } from './error-words.ts';

export interface ErrorNoteProps {
  readonly error: ErrorInfo;
  readonly onRetry?: (() => void) | undefined;
  /** Called when the button leads elsewhere, for what would stand in the way. */
  readonly onLeave?: () => void;
  /** Leaves out the reason and the details, for narrow places. */
  readonly isCompact?: boolean;
}

/** An error in words: what happened, why, what to do, with buttons that do it; the exact words and facts below. */
export function ErrorNote({ error, onRetry, onLeave, isCompact = false }: ErrorNoteProps) {
  const words = errorWords[error.code];
  const { action } = words;
  return (
    <div role="alert" className="flex gap-2 rounded-lg border border-line p-3 tint-failed">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-failed" />
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <p className="text-13 font-medium text-ink-1">{words.what}</p>
        <p className="text-12 break-words text-ink-1">{error.message}</p>
        {!isCompact && (
          <p className="text-12 text-ink-2">
            {words.why} {words.todo}
          </p>
        )}
        {!isCompact && error.details !== undefined && <JsonView value={error.details} label="details" openDepth={0} />}
        <div className="flex flex-wrap items-center gap-2">
          {action !== undefined && (
            <Button
              size="small"
              onClick={() => {
                onLeave?.();
                runCommand(action.command);
              }}
            >
              {action.label}
            </Button>
          )}
          {onRetry !== undefined && (
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          )}
          <code className="ml-auto font-mono text-11 text-ink-2">{error.code}</code>
        </div>
      </div>
    </div>
  );
}
