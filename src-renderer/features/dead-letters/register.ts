import { registerPanel } from '../../app/panels.ts';
import { DeadLetterList } from './dead-letter-list.tsx';
import { DeadLetterView } from './dead-letter-view.tsx';

/** What finally failed: the list, and one of it in full with what can be done about it. */
export function register(): void {
  registerPanel('dead-letters', DeadLetterList);
  registerPanel('dead-letter', DeadLetterView);
}
