import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { openTab } from '../../state/tabs.ts';
import { type SettingsSection, sections, useSettingsSection } from './sections.ts';
import { SettingsView } from './settings-view.tsx';

/** Everything that is set once: models and keys, tool servers, folders, prices, looks. */
export function register(): void {
  registerPanel('settings', SettingsView);
  registerCommands(
    sections.map(({ id, title }) => ({
      id: `settings.${id}`,
      title: `Settings: ${title}`,
      group: 'Settings' as const,
      run: () => show(id),
    })),
  );
}

function show(section: SettingsSection): void {
  useSettingsSection.setState({ section });
  openTab({ type: 'settings' });
}
