import { FileClock, FileWarning } from 'lucide-react';
import type { ReactNode } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyError } from '../../app/notify.ts';
import { keepEditsAsCopy, leaveRecovered, reloadDocument, saveDocument, takeRecovered } from '../../state/documents.ts';
import type { OpenDocument } from '../../state/open-document.ts';
import { openTab } from '../../state/tabs.ts';
import { Button } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';

/** What has to be decided about a workflow's file: two versions of it, edits of an earlier window, a refused save. */
export function DocumentBanners({ open }: { readonly open: OpenDocument }) {
  const { path, trouble, recovered } = open;
  return (
    <>
      {trouble?.type === 'conflict' && (
        <Banner
          icon={<FileWarning size={16} className="text-waiting" aria-hidden />}
          title="The file changed outside"
          text="Another program saved it while you had edits here. Nothing was overwritten."
          actions={
            <>
              <Button size="small" onClick={() => void reloadDocument(path).catch(notifyError)}>
                Reload theirs
              </Button>
              <Button size="small" onClick={() => void keepCopy(path).catch(notifyError)}>
                Keep mine as a copy
              </Button>
            </>
          }
        />
      )}
      {trouble?.type === 'refused' && (
        <div className="border-b border-line p-2">
          <ErrorNote error={trouble.error} isCompact onRetry={() => void saveDocument(path).catch(notifyError)} />
        </div>
      )}
      {recovered !== null && (
        <Banner
          icon={<FileClock size={16} className="text-accent" aria-hidden />}
          title="There are edits that were never saved"
          text={
            <>
              The window closed <RelativeTime atMs={recovered.savedAtMs} />, before they reached the disk.
            </>
          }
          actions={
            <>
              <Button size="small" tone="primary" onClick={() => takeRecovered(path)}>
                Restore them
              </Button>
              <Button size="small" onClick={() => leaveRecovered(path)}>
                Leave them
              </Button>
            </>
          }
        />
      )}
    </>
  );
}

async function keepCopy(path: string): Promise<void> {
  openTab({ type: 'workflow', path: await keepEditsAsCopy(path) });
}

interface BannerProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: ReactNode;
  readonly actions: ReactNode;
}

function Banner({ icon, title, text, actions }: BannerProps) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface-2 px-3 py-2">
      {icon}
      <p className="min-w-40 flex-1 text-12">
        <span className="font-semibold">{title}.</span> <span className="text-ink-2">{text}</span>
      </p>
      <span className="flex gap-2">{actions}</span>
    </div>
  );
}
