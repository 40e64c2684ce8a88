import { assertNever } from '../../base/assert-never.ts';
import type { WorkflowDocument } from '../document.ts';
import { type CodeLayout, toContent } from './code-content.ts';
import type { CodeForm } from './code-form.ts';
import { placeComments } from './comments.ts';
import { jsonStyle, listPlaces, print, toLineComment, toPrintable } from './printable.ts';
import { writeDsl } from './write-dsl.ts';
import { writeYaml } from './write-yaml.ts';

/** The text of a workflow in this form, with its comments. The same document always gives the same text, and the text the same document. */
export function writeCode(document: WorkflowDocument, form: CodeForm, layout: CodeLayout = { withLayout: false }): string {
  switch (form) {
    case 'json':
      return writeJson(document, layout);
    case 'yaml':
      return writeYaml(document, layout);
    case 'ts':
      return writeDsl(document, layout);
    default:
      return assertNever(form);
  }
}

function writeJson(document: WorkflowDocument, layout: CodeLayout): string {
  const printable = toPrintable(toContent(document, layout), []);
  const remarks = placeComments(document, listPlaces(printable));
  const lines = [...remarks.before([]).map(toLineComment), print(printable, jsonStyle, remarks, 0), ...remarks.atEnd.map(toLineComment)];
  return `${lines.join('\n')}\n`;
}
