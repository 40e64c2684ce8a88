import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { openGallery } from './gallery-wish.ts';
import { WelcomeView } from './welcome-view.tsx';

/** The first page: what to look at, what to try, what to begin from. */
export function register(): void {
  registerPanel('welcome', WelcomeView);
  registerCommands([
    { id: 'workflow.newFromTemplate', title: 'New workflow from a template', group: 'Workflow', keys: 'Alt+Shift+N', run: openGallery },
  ]);
}
