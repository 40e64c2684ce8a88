import { HeddleError } from '#shared/base/errors.ts';
import { procedures } from './procedures.ts';

const { settings, provider, secret } = procedures;

/** Settings of this user. */
export const settingsHandlers = settings.router({
  get: settings.get.handler(({ context }) => context.services.settings.get()),
  save: settings.save.handler(({ input, context }) => context.services.settings.save(input)),
});

/** Model providers. */
export const providerHandlers = provider.router({
  list: provider.list.handler(async ({ context }) =>
    (await context.services.providers.list()).map((listed) => ({ ...listed, models: [...listed.models] })),
  ),
  save: provider.save.handler(async ({ input, context }) => {
    await context.services.settings.save(({ providers }) => ({ providers: [...providers.filter(({ id }) => id !== input.id), input] }));
    return {};
  }),
  remove: provider.remove.handler(async ({ input, context }) => {
    await context.services.settings.save(({ providers }) => {
      if (!providers.some(({ id }) => id === input.id)) throw new HeddleError('request.notFound', `No provider ${input.id} is configured.`);
      return { providers: providers.filter(({ id }) => id !== input.id) };
    });
    return {};
  }),
  test: provider.test.handler(async ({ input, signal, context: { services } }) => {
    const verdict = await services.providers.test(input.id, signal ?? services.closing);
    return verdict.status === 'reachable' ? { ...verdict, models: [...verdict.models] } : verdict;
  }),
  probeLocal: provider.probeLocal.handler(async ({ signal, context: { services } }) =>
    (await services.providers.probeLocal(signal ?? services.closing)).map(({ config, models }) => ({ config, models: [...models] })),
  ),
});

/** Keys: names only, on the way out. */
export const secretHandlers = secret.router({
  status: secret.status.handler(({ context }) => context.services.secrets.status()),
  set: secret.set.handler(async ({ input, context }) => {
    await context.services.secrets.set(input.name, input.value);
    return {};
  }),
  remove: secret.remove.handler(async ({ input, context }) => {
    await context.services.secrets.remove(input.name);
    return {};
  }),
  unlock: secret.unlock.handler(async ({ input, context }) => {
    await context.services.secrets.unlock(input.passphrase);
    return {};
  }),
});
