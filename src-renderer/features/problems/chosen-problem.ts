import { create } from 'zustand';
import type { Problem } from '#shared/workflow/problem.ts';

interface ChosenProblemStore {
  readonly path: string;
  readonly problem: Problem | null;
}

/** The problem that is chosen in the panel, and the workflow that has it. */
export const useChosenProblem = create<ChosenProblemStore>()(() => ({ path: '', problem: null }));

/** Two problems are one when they say the same of the same place. */
export function toProblemKey({ code, node, port, path, message }: Problem): string {
  return `${code} ${node} ${port} ${path?.join('.') ?? ''} ${message}`;
}
