import { WifiOff } from 'lucide-react';
import { reconnectNow, useConnection } from '../state/connection.ts';
import { Button } from '../ui/button.tsx';
import { formatDuration } from '../ui/format.ts';
import { useNow } from '../ui/relative-time.tsx';

/** Says quietly that the host is gone, or that this window may not talk to it. What was last seen stays below. */
export function ConnectionBanner() {
  const connection = useConnection((store) => store.connection);
  const nowMs = useNow(connection.status === 'offline' ? 500 : null);
  if (connection.status === 'refused') {
    return (
      <Banner text="The host does not let this window in. Open the address that Heddle printed when it started.">
        <Button size="small" onClick={() => location.reload()}>
          Try again
        </Button>
      </Banner>
    );
  }
  // The first tries take a blink; a banner then would only flicker.
  if (connection.status !== 'offline' || nowMs - connection.sinceMs < 700) return null;
  return (
    <Banner
      text={`No connection to the host for ${formatDuration(Math.max(0, nowMs - connection.sinceMs))}. You see what was last known; runs go on from their journal.`}
    >
      <Button size="small" onClick={reconnectNow}>
        Reconnect now
      </Button>
    </Banner>
  );
}

function Banner({ text, children }: { readonly text: string; readonly children: React.ReactNode }) {
  return (
    <div role="status" className="flex h-8 shrink-0 items-center gap-2 border-b border-line px-3 text-12 tint-waiting">
      <WifiOff size={14} aria-hidden className="shrink-0 text-waiting" />
      <span className="min-w-0 flex-1 truncate">{text}</span>
      {children}
    </div>
  );
}
