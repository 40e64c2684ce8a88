import { registerPanel } from '../../app/panels.ts';
import { ProblemsPanel } from './problems-panel.tsx';

/** What is wrong with the workflow in front. */
export function register(): void {
  registerPanel('problems', ProblemsPanel);
}
