import { registerPanel } from '../../app/panels.ts';
import { WelcomeView } from './welcome-view.tsx';

/** The first page: what to look at, what to try, what to begin from. */
export function register(): void {
  registerPanel('welcome', WelcomeView);
}
