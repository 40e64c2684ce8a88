import { useEffect } from 'react';
import { useConnection } from '../state/connection.ts';
import { readDock } from '../state/layout.ts';
import { selectShowcase, useLibrary } from '../state/library.ts';
import { openTab } from '../state/tabs.ts';

const launchedKey = 'heddle.launched';

/** At the first launch opens the welcome and, in front of it, a finished run of a real workflow. */
export function useFirstLaunch(): void {
  const host = useConnection((store) => store.host);
  const templates = useLibrary((store) => store.templates);
  useEffect(() => {
    if (host === null || templates === null || localStorage.getItem(launchedKey) !== null) return;
    localStorage.setItem(launchedKey, host.version);
    if (readDock() !== null && !host.isFirstLaunch) return;
    openTab({ type: 'welcome' });
    const showcase = selectShowcase(templates);
    if (showcase !== null) openTab({ type: 'recorded', templateId: showcase.id });
  }, [host, templates]);
}
