import { registerPanel } from '../../app/panels.ts';
import { LaneList } from './lane-list.tsx';
import { LanesView } from './lanes-view.tsx';

/** Who is at work, who waits and for what: the lanes in brief beside other things, and everything about them in a tab. */
export function register(): void {
  registerPanel('lane-list', LaneList);
  registerPanel('lanes', LanesView);
}
