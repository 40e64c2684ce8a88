import { useMemo } from 'react';
import type { JsonObject } from '#shared/base/json.ts';
import type { InspectorField } from '#shared/nodes/kind.ts';
import { toInnerValues, toRecordedValues } from '#shared/run/recorded-values.ts';
import type { RunState } from '#shared/run/state.ts';
import type { WorkflowDocument, WorkflowNode } from '#shared/workflow/document.ts';
import { useLastRun } from '../../state/last-run.ts';
import { usePinsOf } from '../../state/pins.ts';
import { toShortId } from '../../state/runs.ts';

/** Values with which the expressions of a node can be tried. */
export interface Trial {
  readonly values: JsonObject;
  /** Where they come from: `run #abc123`. */
  readonly source: string;
}

/** What the expressions of a node would see with what is pinned and what the last run recorded; null when there is neither. */
export function useTrials(path: string, document: WorkflowDocument, node: WorkflowNode): (field: InspectorField) => Trial | null {
  const run = useLastRun(path, node.id);
  const pins = usePinsOf(path);
  return useMemo(() => {
    if (run === null && Object.keys(pins).length === 0) return () => null;
    const values = toRecordedValues(document, node.id, run, pins);
    const source = run === null ? 'what is pinned' : `run #${toShortId(run.runId)}`;
    return (field: InspectorField) => toTrial(field, node, run, { values, source });
  }, [document, node, run, pins]);
}

function toTrial({ key }: InspectorField, node: WorkflowNode, run: RunState | null, trial: Trial): Trial {
  const inner = toInnerValues(node, key, run, trial.values);
  return Object.keys(inner).length === 0 ? trial : { ...trial, values: { ...trial.values, ...inner } };
}
