import { registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { applyFix, findFixes } from '../../state/fixes.ts';
import { useChosenProblem } from './chosen-problem.ts';
import { ProblemsPanel } from './problems-panel.tsx';

/** What is wrong with the workflow in front, and the ways out. */
export function register(): void {
  registerPanel('problems', ProblemsPanel);
  registerCommands([
    {
      id: 'problem.fix',
      title: 'Fix the chosen problem the first way',
      group: 'Workflow',
      keys: 'Alt+Enter',
      when: () => findChosenFix() !== undefined,
      run: async () => {
        const fix = findChosenFix();
        if (fix !== undefined) await applyFix(useChosenProblem.getState().path, fix);
      },
    },
  ]);
}

function findChosenFix() {
  const { path, problem } = useChosenProblem.getState();
  return problem === null ? undefined : findFixes(path, problem)[0];
}
