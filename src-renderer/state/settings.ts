import { create } from 'zustand';
import { type Settings, settingsSchema } from '#shared/contract/settings.ts';
import { getApi } from './connection.ts';

interface SettingsStore {
  readonly settings: Settings;
  readonly isLoaded: boolean;
}

const themeKey = 'heddle.theme';

/** The user's settings; until the host has answered, the defaults with the theme of last time. */
export const useSettings = create<SettingsStore>()(() => ({
  settings: settingsSchema.parse({ theme: rememberedTheme() }),
  isLoaded: false,
}));

/** Takes over what the host holds. */
export function acceptSettings(settings: Settings): void {
  localStorage.setItem(themeKey, settings.theme);
  useSettings.setState({ settings, isLoaded: true });
}

/** Changes settings at once in the window and durably on the host; goes back when the host refuses. */
export async function saveSettings(change: Partial<Settings>): Promise<void> {
  const before = useSettings.getState().settings;
  useSettings.setState({ settings: { ...before, ...change } });
  try {
    acceptSettings(await getApi().settings.save(change));
  } catch (thrown) {
    useSettings.setState({ settings: before });
    throw thrown;
  }
}

function rememberedTheme(): Settings['theme'] {
  const stored = typeof localStorage === 'undefined' ? null : localStorage.getItem(themeKey);
  return stored === 'dark' || stored === 'light' ? stored : 'system';
}
