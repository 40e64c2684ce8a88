import { useQuery } from '@tanstack/react-query';
import { getApi } from './connection.ts';

/** What can replace the model of every node of a run; the empty value leaves the workflow's. The one that is chosen stays, known or not. */
export function useModelOptions(chosen: string): readonly { readonly value: string; readonly label: string }[] {
  const providers = useQuery({ queryKey: ['providers'], queryFn: () => getApi().provider.list() });
  const models = (providers.data ?? []).flatMap((provider) => provider.models.map((name) => `${provider.id}/${name}`));
  const names = chosen === '' || models.includes(chosen) ? models : [chosen, ...models];
  return [{ value: '', label: 'As in the workflow' }, ...names.map((name) => ({ value: name, label: name }))];
}
