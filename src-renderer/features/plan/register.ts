import { registerPanel } from '../../app/panels.ts';
import { PlanPanel } from './plan-panel.tsx';

/** What the workflow in front will do when, and how long it takes. */
export function register(): void {
  registerPanel('plan', PlanPanel);
}
