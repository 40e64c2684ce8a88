import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { WorkflowDocument } from '../document.ts';
import { formatWorkflowFile } from '../document-file.ts';

/** What of a workflow's appearance is written into its code. */
export interface CodeLayout {
  /** Also the places of nodes on the canvas, and the exact order of edges. Without, whoever reads the code keeps or finds them. */
  readonly withLayout: boolean;
}

/** What a document says, as in its file, without its comments: whatever members it has, known to us or not. */
export function toContent(document: WorkflowDocument, { withLayout }: CodeLayout): JsonObject {
  const { comments: _shownOtherwise, ...content } = JSON.parse(formatWorkflowFile(document)) as JsonObject;
  if (withLayout) return content;
  return { ...content, nodes: (content.nodes as readonly JsonObject[]).map(({ position: _place, ...node }) => node) };
}

/** The name of a node whose code gives none: `write_draft` is “Write draft”. */
export function toDefaultName(id: string): string {
  const words = id.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** True for an object that is no list. */
export function isRecord(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
