import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#shared/base/clock.ts';
import { once } from '#shared/base/once.ts';
import type { Providers } from '../api/services.ts';
import type { Models } from '../models/model.ts';
import type { Secrets } from '../workspace/secrets.ts';
import type { SettingsFile } from '../workspace/settings-file.ts';
import { installation } from './installation.ts';

/** The models of this user and workspace. The provider libraries are loaded with the first call: they cost more than the rest of a start. */
export function openModels(
  root: string,
  settings: SettingsFile,
  secrets: Secrets,
  clock: Clock,
): { readonly models: Models; readonly providers: Providers } {
  const router = once(async () => {
    const [{ createModels }, { loadPriceTable }] = await Promise.all([import('../models/router.ts'), import('../models/price-table.ts')]);
    const builtIn = await loadPriceTable(installation.pricesFile);
    return createModels({
      providers: () => settings.get().providers,
      secrets,
      scriptedFolders: () => [join(root, 'scripts'), installation.scriptsFolder].filter((folder) => existsSync(folder)),
      prices: () => [builtIn, settings.get().prices],
      clock,
    });
  });
  return {
    models: { call: async (request, options) => (await router()).call(request, options) },
    providers: {
      list: async () => (await router()).list(),
      test: async (id, signal) => (await router()).test(id, signal),
      probeLocal: async (signal) => (await router()).probeLocal(signal),
    },
  };
}
