import { z } from 'zod';

/** How a workflow can be written: as in its file, as YAML, or as TypeScript that builds it. */
export const codeForms = ['json', 'yaml', 'ts'] as const;
export const codeFormSchema = z.enum(codeForms);
export type CodeForm = z.infer<typeof codeFormSchema>;

/** The form that a file of this name holds; undefined for one that is no workflow's code. */
export function toCodeForm(fileName: string): CodeForm | undefined {
  const ending = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (ending === 'yml' || ending === 'yaml') return 'yaml';
  return ending === 'json' || ending === 'ts' ? ending : undefined;
}
