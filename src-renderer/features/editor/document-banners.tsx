import { CircleAlert, FileClock, FileWarning } from 'lucide-react';
import type { ReactNode } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyError } from '../../app/notify.ts';
import { compareVersions } from '../../state/comparison.ts';
import { dismissNotices, saveDocument, undoEdit, writeOver } from '../../state/documents.ts';
import { showBottom } from '../../state/layout.ts';
import type { OpenDocument } from '../../state/open-document.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';

/** What a person should know of how a workflow stands: changes from outside, a file that is not as it should be, edits that were not done. */
export function DocumentBanners({ open }: { readonly open: OpenDocument }) {
  const { path, trouble, file, outside, lost, recovered } = open;
  return (
    <>
      {trouble !== null && (
        <div className="border-b border-line p-2">
          <ErrorNote error={trouble.error} isCompact onRetry={() => void saveDocument(path).catch(notifyError)} />
        </div>
      )}
      {file.status === 'failed' && (
        <div className="border-b border-line p-2">
          <ErrorNote error={file.error} isCompact onRetry={() => void saveDocument(path).catch(notifyError)} />
        </div>
      )}
      {file.status === 'unreadable' && (
        <Banner
          title="The file changed outside and cannot be read"
          text={`${file.error.message} Your workflow is still here, with its history; the file is left alone.`}
          actions={<WriteOver path={path} label="Write mine over it" />}
        />
      )}
      {file.status === 'missing' && (
        <Banner
          title="The file is gone"
          text="Another program moved or removed it. Your workflow is still here, with its history."
          actions={<WriteOver path={path} label="Write it again" />}
        />
      )}
      {outside !== null && <OutsideBanner open={open} outside={outside} />}
      {lost.length > 0 && (
        <Banner
          icon={<CircleAlert size={16} className="text-waiting" aria-hidden />}
          title={lost.length === 1 ? 'An edit could not be made' : `${lost.length} edits could not be made`}
          text={lost
            .slice(0, 3)
            .map(({ label, reason }) => `${label}: ${reason}`)
            .join(' ')}
          actions={<Dismiss onClick={() => dismissNotices(path, { lost: [] })} />}
        />
      )}
      {recovered > 0 && (
        <Banner
          icon={<FileClock size={16} className="text-accent" aria-hidden />}
          title={`${formatCount(recovered, 'edit')} of an earlier window ${recovered === 1 ? 'was' : 'were'} put in`}
          text="That window was gone before they reached the host. Undo takes them back."
          actions={<Dismiss onClick={() => dismissNotices(path, { recovered: 0 })} />}
        />
      )}
    </>
  );
}

/** Nothing of it was overwritten; what both had changed is shown as the file says it, and undo brings back what was here. */
function OutsideBanner({ open, outside }: { readonly open: OpenDocument; readonly outside: NonNullable<OpenDocument['outside']> }) {
  const { path } = open;
  const { seq, step, conflicts } = outside;
  const isNewest = open.replica.base.state.undo.top?.step.id === step && open.replica.pending.length === 0;
  const dismiss = () => dismissNotices(path, { outside: null });
  const show = () => {
    showBottom('history');
    compareVersions(path, { before: { version: seq - 1, title: 'Before the change' }, after: { version: seq, title: 'With the change' } });
    dismiss();
  };
  return (
    <Banner
      title="The file changed outside"
      text={
        conflicts.length === 0
          ? 'The change was put in; your edits are still there.'
          : `Both sides had changed ${listSome(conflicts)}. The file’s version is shown; undo brings yours back.`
      }
      actions={
        <>
          <Button size="small" onClick={show}>
            Show what changed
          </Button>
          {isNewest && (
            <Button
              size="small"
              onClick={() => {
                undoEdit(path);
                dismiss();
              }}
            >
              {conflicts.length === 0 ? 'Undo the change' : 'Keep mine'}
            </Button>
          )}
          <Dismiss onClick={dismiss} />
        </>
      }
    />
  );
}

function listSome(conflicts: readonly string[]): string {
  const shown = conflicts.slice(0, 3).join('; ');
  return conflicts.length > 3 ? `${shown} and ${conflicts.length - 3} more` : shown;
}

function WriteOver({ path, label }: { readonly path: string; readonly label: string }) {
  return (
    <Button size="small" onClick={() => void writeOver(path).catch(notifyError)}>
      {label}
    </Button>
  );
}

function Dismiss({ onClick }: { readonly onClick: () => void }) {
  return (
    <Button size="small" onClick={onClick}>
      Dismiss
    </Button>
  );
}

interface BannerProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly text: ReactNode;
  readonly actions: ReactNode;
}

function Banner({ icon, title, text, actions }: BannerProps) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface-2 px-3 py-2">
      {icon ?? <FileWarning size={16} className="text-waiting" aria-hidden />}
      <p className="min-w-40 flex-1 text-12">
        <span className="font-semibold">{title}.</span> <span className="text-ink-2">{text}</span>
      </p>
      <span className="flex gap-2">{actions}</span>
    </div>
  );
}
