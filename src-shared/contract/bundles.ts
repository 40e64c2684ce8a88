import { oc } from '@orpc/contract';
import { z } from 'zod';
import { bundleSchema } from '../workflow/bundle.ts';

/** Something that a workflow needs. `isHere` says whether this machine has it; `note` what follows when not, or what to know. */
const needSchema = z.strictObject({
  type: z.enum(['workflow', 'tool', 'server', 'model', 'secret', 'file', 'grant', 'lane', 'code']),
  name: z.string(),
  isHere: z.boolean(),
  note: z.string().nullable(),
});
export type Need = z.infer<typeof needSchema>;

/** A file of a bundle and where it goes: `same` is there already, `renamed` takes a free name beside what is there. */
const landingSchema = z.strictObject({ path: z.string(), landsAt: z.string(), change: z.enum(['new', 'same', 'renamed']) });
export type Landing = z.infer<typeof landingSchema>;

const importListSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  /** Where the workflow goes. */
  workflow: z.string(),
  workflows: z.array(landingSchema),
  files: z.array(landingSchema),
  needs: z.array(needSchema),
});
export type ImportList = z.infer<typeof importListSchema>;

const exportListSchema = z.strictObject({
  name: z.string(),
  /** The workflow and those that it runs. */
  workflows: z.array(z.string()),
  /** Files that it names: what may go along. */
  files: z.array(z.strictObject({ path: z.string(), bytes: z.number() })),
  needs: z.array(needSchema),
});
export type ExportList = z.infer<typeof exportListSchema>;

const path = z.strictObject({ path: z.string().min(1).max(1024) });
const bundle = z.strictObject({ bundle: bundleSchema });

export const bundleContract = {
  /** What an export would hold and need. */
  list: oc
    .route({ method: 'POST', path: '/bundles/list', tags: ['bundles'], summary: 'What an export of a workflow holds and needs' })
    .input(path)
    .output(exportListSchema),
  /** `files` are paths of the workspace that go along. */
  export: oc
    .route({ method: 'POST', path: '/bundles/export', tags: ['bundles'], summary: 'A workflow with what it needs, as one file' })
    .input(path.extend({ files: z.array(z.string().min(1).max(1024)).max(500).default([]) }))
    .output(bundleSchema),
  /** Writes nothing. */
  check: oc
    .route({ method: 'POST', path: '/bundles/check', tags: ['bundles'], summary: 'What an import would bring, and what is missing here' })
    .input(bundle)
    .output(importListSchema),
  /** Replaces nothing, starts nothing, reads no secret. */
  import: oc
    .route({ method: 'POST', path: '/bundles/import', tags: ['bundles'], summary: 'Bring a bundle into the workspace under free names' })
    .input(bundle)
    .output(importListSchema),
};
