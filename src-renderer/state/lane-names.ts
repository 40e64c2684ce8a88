import { useMemo } from 'react';
import { listLanes } from '#shared/run/lane-settings.ts';
import { useSettings } from './settings.ts';

/** The names of the lanes that are set up. */
export function useLaneNames(): readonly string[] {
  const scheduling = useSettings((store) => store.settings.scheduling);
  return useMemo(() => listLanes(scheduling).map(({ name }) => name), [scheduling]);
}
