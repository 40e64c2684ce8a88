import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CirclePause,
  CircleSlash,
  CircleX,
  Clock,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  OctagonMinus,
  OctagonPause,
  RadioTower,
  RotateCw,
  Undo2,
} from 'lucide-react';
import { type Status, statusColors, statusWords } from './status.ts';

const icons: Readonly<Record<Status, LucideIcon>> = {
  pending: CircleDashed,
  queued: Clock,
  running: LoaderCircle,
  retrying: RotateCw,
  waiting: CirclePause,
  awaitingSignal: RadioTower,
  interrupting: OctagonMinus,
  interrupted: OctagonPause,
  cancelling: Hourglass,
  compensating: Undo2,
  succeeded: CircleCheck,
  failed: CircleX,
  cancelled: Ban,
  skipped: CircleSlash,
  unknown: CircleHelp,
};

export interface StatusDotProps {
  readonly status: Status;
  /** Shows the word beside the icon; otherwise it is read aloud and shown on hover. */
  readonly hasWord?: boolean;
  readonly size?: number;
}

/** A state as shape, colour and word. */
export function StatusDot({ status, hasWord = false, size = 14 }: StatusDotProps) {
  const Icon = icons[status];
  return (
    <span className={`inline-flex shrink-0 items-center gap-1.5 ${statusColors[status]}`} title={hasWord ? undefined : statusWords[status]}>
      <Icon size={size} aria-hidden className={status === 'running' ? 'animate-spin' : ''} />
      <span className={hasWord ? 'text-12' : 'sr-only'}>{statusWords[status]}</span>
    </span>
  );
}
