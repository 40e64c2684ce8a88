import { create } from 'zustand';

export const sections = [
  { id: 'models', title: 'Models' },
  { id: 'tools', title: 'Tool servers' },
  { id: 'lanes', title: 'Lanes' },
  { id: 'folders', title: 'Folders and hosts' },
  { id: 'prices', title: 'Prices' },
  { id: 'journal', title: 'Journal' },
  { id: 'looks', title: 'Looks' },
] as const;
export type SettingsSection = (typeof sections)[number]['id'];

/** Which part of the settings is shown. */
export const useSettingsSection = create<{ readonly section: SettingsSection }>()(() => ({ section: 'models' }));
