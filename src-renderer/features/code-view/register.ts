import { type CodeForm, codeForms } from '#shared/workflow/code/code-form.ts';
import { type Command, registerCommands } from '../../app/commands.ts';
import { registerPanel } from '../../app/panels.ts';
import { findDocument } from '../../state/documents.ts';
import { selectActiveTab, useTabs } from '../../state/tabs.ts';
import { setWantsFocus, useCodeLayout } from './code-layout.ts';
import { CodePanel } from './code-panel.tsx';

const formWords: Readonly<Record<CodeForm, string>> = { json: 'JSON', yaml: 'YAML', ts: 'TypeScript' };

/** The workflow as code, beside its canvas. */
export function register(): void {
  registerPanel('workflow-code', CodePanel);
  registerCommands([
    {
      id: 'view.code',
      title: 'Show or hide the code beside the canvas',
      group: 'View',
      keys: 'Alt+C',
      when: hasWorkflow,
      run: () => (useCodeLayout.getState().isOpen ? useCodeLayout.setState({ isOpen: false }) : open({})),
    },
    ...codeForms.map(
      (form): Command => ({
        id: `view.code.${form}`,
        title: `Show the workflow as ${formWords[form]}`,
        group: 'View',
        when: hasWorkflow,
        run: () => open({ form }),
      }),
    ),
  ]);
}

function open(layout: { readonly form?: CodeForm }): void {
  setWantsFocus();
  useCodeLayout.setState({ ...layout, isOpen: true });
}

function hasWorkflow(): boolean {
  const tab = selectActiveTab(useTabs.getState());
  return tab?.type === 'workflow' && findDocument(tab.path) !== undefined;
}
