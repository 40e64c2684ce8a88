import type { BreakerFigures, LaneFigures } from '#shared/run/lane-figures.ts';
import { formatCount } from '../../ui/format.ts';

/** What a lane does when more come than it takes, in a few words. */
export function toPressureWords({ maxDepth, whenFull }: Pick<LaneFigures, 'maxDepth' | 'whenFull'>): string {
  if (maxDepth === null) return 'takes all who come';
  return `${formatCount(maxDepth, 'place')}, then ${{ block: 'lets them wait outside', reject: 'refuses', shed: 'drops the least important' }[whenFull]}`;
}

/** Whether more wait in a lane than it has places for: then it presses back on those who come. */
export function isFull({ maxDepth, depth, outside }: Pick<LaneFigures, 'maxDepth' | 'depth' | 'outside'>): boolean {
  return outside > 0 || (maxDepth !== null && depth >= maxDepth && depth > 0);
}

/** How many ended in a second: `–` for none lately, one decimal below ten. */
export function formatRate(perSecond: number): string {
  if (perSecond <= 0) return '–';
  if (perSecond < 0.1) return '< 0.1/s';
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString()}/s`;
}

/** Whose circuit it is: `Model provider openai`, `Tool fetch`. */
export function toBreakerName(key: string): string {
  const [sort = '', ...name] = key.split(':');
  return `${{ model: 'Provider', tool: 'Tool' }[sort] ?? sort} ${name.join(':')}`;
}

/** The state of a circuit as a word, and what it means for calls. */
export const breakerWords: Readonly<Record<BreakerFigures['state'], { readonly word: string; readonly meaning: string }>> = {
  closed: { word: 'closed', meaning: 'Calls go through.' },
  open: { word: 'open', meaning: 'Calls are refused at once, so that it can recover.' },
  halfOpen: { word: 'half open', meaning: 'One call is trying whether it answers again.' },
};

/** What is wrong first: open, then half open, then closed; each by name. */
export function sortBreakers(breakers: readonly BreakerFigures[]): readonly BreakerFigures[] {
  const order = { open: 0, halfOpen: 1, closed: 2 };
  return breakers.toSorted((a, b) => order[a.state] - order[b.state] || a.key.localeCompare(b.key));
}

/** What a sort of limit is called: `Provider`, `Agent`, `Tool`, or its own name. */
export function toLimitSort(sort: string): string {
  return { provider: 'Provider', agent: 'Agent', tool: 'Tool' }[sort] ?? sort;
}
