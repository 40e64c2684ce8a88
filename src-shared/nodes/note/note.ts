import { z } from 'zod';
import type { NodeKind } from '../kind.ts';

const noteConfigSchema = z.object({ text: z.string().max(100_000).default('') });
export type NoteConfig = z.infer<typeof noteConfigSchema>;

/** Markdown on the canvas for whoever reads the workflow; never runs. */
export const noteKind: NodeKind<NoteConfig> = {
  kind: 'note',
  title: 'Note',
  description: 'Words on the canvas. It does not run.',
  category: 'data',
  icon: 'sticky-note',
  shortcut: 'Y',
  configSchema: noteConfigSchema,
  defaultConfig: { text: '' },
  fields: [{ key: 'text', label: 'Text', type: 'markdown', rows: 8 }],
  isExecutable: false,
  ports: () => ({ inputs: [], outputs: [] }),
  summary: (config) =>
    config.text
      .slice(0, 200)
      .split('\n', 1)[0]
      ?.replace(/^#+\s*/, '') || 'empty',
  expressions: () => [],
  estimatedMs: 0,
};
