import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { HeddlePlace } from '../../tests/support/heddle-place.ts';

/** A workflow as it lies on disk, in the form of its file. */
export interface WorkflowFile {
  readonly name: string;
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: string;
    readonly name: string;
    readonly disabled?: boolean;
    readonly locked?: boolean;
    readonly position: { readonly x: number; readonly y: number };
    readonly config: Readonly<Record<string, unknown>>;
  }[];
  readonly groups?: readonly { readonly id: string; readonly title: string; readonly colour?: string; readonly nodes: readonly string[] }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly label?: string }[];
}

/** Reads the file as any other program would. */
export function readWorkflowFile(place: HeddlePlace, path: string): WorkflowFile {
  return JSON.parse(readFileSync(join(place.workspace, path), 'utf8')) as WorkflowFile;
}

/** Expects the file to hold this soon: the window promises a second, a busy machine takes its own time on top. */
export async function expectSaved<Value>(
  place: HeddlePlace,
  path: string,
  read: (file: WorkflowFile) => Value,
  expected: Value,
  withinMs = 15_000,
): Promise<void> {
  await expect.poll(() => read(readWorkflowFile(place, path)), { timeout: withinMs, intervals: [100] }).toEqual(expected);
}
