import { registerPanel } from '../../app/panels.ts';
import { Inspector } from './inspector.tsx';

/** The fields of what is selected in a workflow. */
export function register(): void {
  registerPanel('inspector', Inspector);
}
