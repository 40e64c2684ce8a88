import { useEffect } from 'react';
import { create } from 'zustand';
import type { JsonObject } from '#shared/base/json.ts';
import type { Pins } from '#shared/contract/pins.ts';
import { getApi, useConnection, useIsOnline } from './connection.ts';
import { saveEdits } from './pending-edits.ts';

interface PinsStore {
  /** The pinned outputs of each workflow that is looked at, by node. */
  readonly byPath: Readonly<Record<string, Pins>>;
}

export const usePins = create<PinsStore>()(() => ({ byPath: {} }));

const none: Pins = {};

/** The pins of a workflow as far as they are known. */
export function selectPins({ byPath }: PinsStore, path: string): Pins {
  return byPath[path] ?? none;
}

/** The pins of a workflow, asked for when a component begins to look at them. A file of pins that cannot be read counts as none until somebody uses it. */
export function usePinsOf(path: string): Pins {
  const isOnline = useIsOnline();
  useEffect(() => {
    if (isOnline) void loadPins(path);
  }, [path, isOnline]);
  return usePins((store) => selectPins(store, path));
}

/** Asks the host for the pins of a workflow. */
export async function loadPins(path: string): Promise<void> {
  const pins = await getApi()
    .pin.list({ path })
    .catch(() => none);
  usePins.setState(({ byPath }) => ({ byPath: { ...byPath, [path]: pins } }));
}

/** Pins the outputs of a node, as the workflow in the window has it now. */
export async function pinOutputs(path: string, node: string, outputs: JsonObject): Promise<void> {
  await saveEdits(path);
  await getApi().pin.set({ path, node, outputs });
  await loadPins(path);
}

/** Takes the pin of a node away, or with null all of them. */
export async function unpin(path: string, node: string | null): Promise<void> {
  await getApi().pin.remove({ path, ...(node === null ? {} : { node }) });
  await loadPins(path);
}

/** Whether pins can be changed now. */
export function useCanPin(): boolean {
  const isReadOnly = useConnection((store) => store.host?.isReadOnly ?? false);
  return useIsOnline() && !isReadOnly;
}
