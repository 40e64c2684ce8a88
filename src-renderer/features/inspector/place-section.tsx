import { SquareDashedMousePointer } from 'lucide-react';
import { findKind } from '#shared/nodes/registry.ts';
import { defaultLaneName, laneNameSchema } from '#shared/run/lane-settings.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { useLaneNames } from '../../state/lane-names.ts';
import { Select } from '../../ui/select.tsx';
import { SuggestField } from './suggest-field.tsx';
import { listUndoChoices } from './undo-choices.ts';
import type { NodeEdit } from './use-node-edit.ts';

export interface PlaceSectionProps {
  readonly document: WorkflowDocument;
  readonly node: WorkflowNode;
  readonly edit: NodeEdit;
  readonly isReadOnly: boolean;
}

/** The lane in which a node waits for room, and the node that undoes it. */
export function PlaceSection({ document, node, edit, isReadOnly }: PlaceSectionProps) {
  const label = node.name || node.id;
  const undone = document.nodes.find(({ compensation }) => compensation === node.id);
  return (
    <div className="flex flex-col gap-3">
      {findKind(node.kind)?.takesLane === true && <LaneField document={document} node={node} edit={edit} isReadOnly={isReadOnly} />}
      {undone === undefined ? (
        <Select
          label="Undone by"
          help={node.compensation === undefined ? 'A node without edges that takes back what this one did, when the run fails later.' : ''}
          disabled={isReadOnly}
          value={node.compensation ?? ''}
          options={[
            { value: '', label: 'Nothing' },
            ...listUndoChoices(document, node).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(value) =>
            edit.edit({ type: 'changeNodeDetails', node: node.id, compensation: value === '' ? null : value }, `Say what undoes ${label}`)
          }
        />
      ) : (
        <p className="flex items-start gap-1.5 text-12 text-ink-2">
          <SquareDashedMousePointer size={14} aria-hidden className="mt-px shrink-0 text-undoing" />
          <span>
            Runs only to undo “{undone.name || undone.id}”. It is given what that node gave, and may speak of it and of what leads to it.
          </span>
        </p>
      )}
    </div>
  );
}

function LaneField({ document, node, edit, isReadOnly }: PlaceSectionProps) {
  const lanes = useLaneNames();
  const used = document.nodes.flatMap(({ lane }) => (lane === undefined ? [] : [lane]));
  const names = [...new Set([...lanes, ...used])];
  const lane = node.lane ?? '';
  const isUsable = lane === '' || laneNameSchema.safeParse(lane).success;
  return (
    <SuggestField
      label="Lane"
      help="The queue it waits in when there is no room."
      problem={isUsable ? null : 'Lower-case letters, digits and -, at most 32.'}
      placeholder={defaultLaneName}
      value={lane}
      suggestions={names.map((name) => ({ value: name, detail: lanes.includes(name) ? '' : 'not set up; waits in the default lane' }))}
      emptyText="There are no lanes but the default one."
      isReadOnly={isReadOnly}
      onChange={(value) =>
        edit.edit(
          { type: 'changeNodeDetails', node: node.id, lane: value.trim() === '' ? null : value.trim().slice(0, 64) },
          `Change the lane of ${node.name || node.id}`,
          `${node.id} lane`,
        )
      }
    />
  );
}
