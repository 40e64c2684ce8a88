import { create } from 'zustand';
import { openTab } from '../../state/tabs.ts';

/** How often somebody asked to begin from a template: each time the search of the gallery takes the focus. */
export const useGallery = create<{ readonly wish: number }>()(() => ({ wish: 0 }));

/** Shows the gallery with the cursor in its search. */
export function openGallery(): void {
  openTab({ type: 'welcome' });
  useGallery.setState(({ wish }) => ({ wish: wish + 1 }));
}
