import { Document, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { WorkflowDocument } from '../document.ts';
import { type CodeLayout, toContent } from './code-content.ts';
import { placeComments, type Remarks } from './comments.ts';
import { listPlaces, type Printable, toPrintable } from './printable.ts';

/** The document as YAML, with its comments. */
export function writeYaml(document: WorkflowDocument, layout: CodeLayout): string {
  const printable = toPrintable(toContent(document, layout), []);
  const remarks = placeComments(document, listPlaces(printable));
  const yaml = new Document(toContent(document, layout), { version: '1.2', aliasDuplicateObjects: false });
  const { contents } = yaml;
  if (contents !== null) decorate(contents as Node, printable, remarks);
  const head = remarks.before([]).map((line) => `${toYamlComment(line)}\n`);
  const tail = remarks.atEnd.map((line) => `${toYamlComment(line)}\n`);
  return `${head.join('')}${yaml.toString({ lineWidth: 0, flowCollectionPadding: true })}${tail.join('')}`;
}

/** Puts the comments into the tree, and what stands on one line into braces. */
function decorate(node: Node, printable: Printable, remarks: Remarks): void {
  if (printable.isOneLine === true && (isMap(node) || isSeq(node))) {
    node.flow = true;
    return;
  }
  if (isSeq(node) && printable.type === 'list') {
    for (const [index, item] of (node.items as Node[]).entries()) {
      const part = printable.items[index];
      if (part === undefined) continue;
      decorate(item, part, remarks);
      item.commentBefore = toBlock(part.place === null ? [] : remarks.before(part.place), item.commentBefore);
      note(item, part, remarks);
    }
  }
  if (isMap(node) && printable.type === 'record') {
    for (const [index, pair] of (node as YAMLMap<Scalar, Node>).items.entries()) {
      const [, part] = printable.members[index] ?? [];
      if (part === undefined || part.place === null || pair.value === null) continue;
      decorate(pair.value, part, remarks);
      pair.key.commentBefore = toBlock(remarks.before(part.place), null);
      note(pair.value, part, remarks);
    }
  }
}

/** A comment beside a value that has parts would come behind the last of them: there it stands before the first. */
function note(node: Node, part: Printable, remarks: Remarks): void {
  const beside = part.place === null ? undefined : remarks.beside(part.place);
  if (beside === undefined) return;
  const isLong = isScalar(node) && typeof node.value === 'string' && node.value.includes('\n');
  if (isLong || ((isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0))
    node.commentBefore = toBlock([beside], node.commentBefore);
  else node.comment = ` ${beside}`;
}

function toBlock(lines: readonly string[], more: string | null | undefined): string | null {
  const block = [...lines.map((line) => ` ${line}`), ...(more == null ? [] : [more])].join('\n');
  return block === '' ? null : block;
}

function toYamlComment(line: string): string {
  return line === '' ? '#' : `# ${line}`;
}
