import { useEffect, useSyncExternalStore } from 'react';
import { useSettings } from '../state/settings.ts';

const prefersLight = '(prefers-color-scheme: light)';

/** The theme in use, following the system where the user wants that, set on the page as `data-theme`. */
export function useTheme(): 'dark' | 'light' {
  const wanted = useSettings((store) => store.settings.theme);
  const isSystemLight = useSyncExternalStore(watchSystem, () => matchMedia(prefersLight).matches);
  const theme = wanted === 'system' ? (isSystemLight ? 'light' : 'dark') : wanted;
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return theme;
}

function watchSystem(onChange: () => void): () => void {
  const query = matchMedia(prefersLight);
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}
