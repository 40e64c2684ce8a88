import { CircleAlert, CircleCheck, CircleDashed, type LucideIcon } from 'lucide-react';
import type { BreakerFigures } from '#shared/run/lane-figures.ts';
import { breakerWords } from './lane-words.ts';

const looks: Readonly<Record<BreakerFigures['state'], { readonly Icon: LucideIcon; readonly color: string }>> = {
  closed: { Icon: CircleCheck, color: 'text-succeeded' },
  open: { Icon: CircleAlert, color: 'text-failed' },
  halfOpen: { Icon: CircleDashed, color: 'text-waiting' },
};

/** The state of a circuit breaker as shape, colour and word. */
export function BreakerState({ state }: { readonly state: BreakerFigures['state'] }) {
  const { Icon, color } = looks[state];
  const { word, meaning } = breakerWords[state];
  return (
    <span className={`inline-flex shrink-0 items-center gap-1 text-12 ${color}`} title={meaning}>
      <Icon size={13} aria-hidden />
      {word}
    </span>
  );
}
