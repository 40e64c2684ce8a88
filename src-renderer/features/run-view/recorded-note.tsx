import { History, Play } from 'lucide-react';
import { useState } from 'react';
import { notifyError } from '../../app/notify.ts';
import { useIsOnline } from '../../state/connection.ts';
import { runTemplate } from '../../state/run-actions.ts';
import { Button } from '../../ui/button.tsx';

/** Above a recorded run: what it is, and the button that runs it here. */
export function RecordedNote({ runKey }: { readonly runKey: string }) {
  const [isBusy, setIsBusy] = useState(false);
  const isOnline = useIsOnline();
  const [type, templateId] = runKey.split(':');
  if (type !== 'template' || templateId === undefined) return null;
  const run = async () => {
    setIsBusy(true);
    await runTemplate(templateId).catch(notifyError);
    setIsBusy(false);
  };
  return (
    <div className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-1.5 text-12 tint-accent">
      <History size={14} aria-hidden className="shrink-0 text-accent" />
      <p className="min-w-0 flex-1">
        A finished run, recorded. Drag the bar below to go back and forth in it, and select anything to see what it saw and said.
      </p>
      <Button size="small" icon={<Play size={12} />} isBusy={isBusy} disabled={!isOnline} onClick={() => void run()}>
        Run it yourself
      </Button>
    </div>
  );
}
