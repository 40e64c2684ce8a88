import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { listOutputNames } from '#shared/workflow/input-fields.ts';
import type { ExpressionName } from '../../ui/completion.ts';

/** The names that a kind adds for one of its fields; `runs` is the workflow that the node runs, when it is known. */
export function listExtraNames(kind: string, key: string, runs: WorkflowDocument | null): readonly ExpressionName[] {
  const outputs = runs === null ? [] : listOutputNames(runs);
  switch (`${kind}.${key}`) {
    case 'map.inputs':
      return [item, index];
    case 'map.reduce':
      return [
        { path: 'total', detail: 'what there is so far, null at first' },
        { path: 'result', detail: 'the outputs of the next item' },
        ...outputs.map((name) => ({ path: `result.${name}`, detail: 'an output of the next item' })),
        index,
      ];
    case 'loop.inputs':
    case 'loop.until':
      return [
        { path: 'last', detail: key === 'until' ? 'the outputs of this round' : 'the outputs of the round before' },
        ...outputs.map((name) => ({
          path: `last.${name}`,
          detail: key === 'until' ? 'an output of this round' : 'an output of the round before',
        })),
        { path: 'round', detail: 'the number of the round, from 0' },
      ];
    default:
      return [];
  }
}

const item: ExpressionName = { path: 'item', detail: 'the item at hand' };
const index: ExpressionName = { path: 'index', detail: 'its place in the list, from 0' };
