import { findKind } from '#shared/nodes/registry.ts';
import { defaultMaxAttempts } from '#shared/run/retry.ts';
import type { NodePolicy, WorkflowNode } from '#shared/workflow/document.ts';
import { NumberBox } from '../../ui/number-box.tsx';
import { Select } from '../../ui/select.tsx';
import type { NodeEdit } from './use-node-edit.ts';

/** Only nodes with a model of their own have something to spend. */
function callsModels(node: WorkflowNode): boolean {
  return findKind(node.kind)?.fields.some(({ type }) => type === 'model') ?? false;
}

/** How often a node is tried, how long it may take, and what follows when it fails for good. */
export function PolicySection({
  node,
  edit,
  isReadOnly,
}: {
  readonly node: WorkflowNode;
  readonly edit: NodeEdit;
  readonly isReadOnly: boolean;
}) {
  const policy = node.policy ?? {};
  const set = (change: { readonly [Key in keyof NodePolicy]: NodePolicy[Key] | undefined }) => {
    const next = Object.fromEntries(Object.entries({ ...policy, ...change }).filter(([, value]) => value !== undefined)) as NodePolicy;
    edit.edit(
      { type: 'changePolicy', node: node.id, policy: Object.keys(next).length === 0 ? null : next },
      `Change ${node.name || node.id}`,
      `${node.id} policy ${Object.keys(change).join()}`,
    );
  };
  return (
    <div className="grid grid-cols-2 gap-x-3 gap-y-2.5">
      <NumberBox
        label="Tries"
        min={1}
        max={100}
        placeholder={String(defaultMaxAttempts)}
        value={policy.maxAttempts ?? null}
        isReadOnly={isReadOnly}
        onChange={(value) => set({ maxAttempts: value === null ? undefined : Math.round(value) })}
      />
      <NumberBox
        label="First wait"
        unit="s"
        min={0}
        max={3_600}
        placeholder="1"
        value={policy.backoffMs === undefined ? null : policy.backoffMs / 1_000}
        isReadOnly={isReadOnly}
        onChange={(value) => set({ backoffMs: value === null ? undefined : Math.round(value * 1_000) })}
      />
      <NumberBox
        label="Time limit"
        unit="s"
        min={0.001}
        max={86_400}
        placeholder="none"
        value={policy.timeoutMs === undefined ? null : policy.timeoutMs / 1_000}
        isReadOnly={isReadOnly}
        onChange={(value) => set({ timeoutMs: value === null ? undefined : Math.round(value * 1_000) })}
      />
      <NumberBox
        label="All tries"
        unit="s"
        min={0.001}
        max={604_800}
        placeholder="none"
        value={policy.totalTimeoutMs === undefined ? null : policy.totalTimeoutMs / 1_000}
        isReadOnly={isReadOnly}
        onChange={(value) => set({ totalTimeoutMs: value === null ? undefined : Math.round(value * 1_000) })}
      />
      <NumberBox
        label="Longest queue"
        unit="s"
        min={0.001}
        max={86_400}
        placeholder="none"
        value={policy.queueTimeoutMs === undefined ? null : policy.queueTimeoutMs / 1_000}
        isReadOnly={isReadOnly}
        onChange={(value) => set({ queueTimeoutMs: value === null ? undefined : Math.round(value * 1_000) })}
      />
      <Select<'stop' | 'skip'>
        label="Then"
        disabled={isReadOnly}
        value={policy.onFailure ?? 'stop'}
        options={[
          { value: 'stop', label: 'Stop the run' },
          { value: 'skip', label: 'Go on without it' },
        ]}
        onChange={(value) => set({ onFailure: value === 'stop' ? undefined : value })}
      />
      {callsModels(node) && (
        <>
          <NumberBox
            label="Budget"
            unit="US$"
            min={0.000001}
            max={1_000_000}
            placeholder="none"
            value={policy.budgetUsd ?? null}
            isReadOnly={isReadOnly}
            onChange={(value) => set({ budgetUsd: value ?? undefined })}
          />
          <NumberBox
            label="Most tokens"
            min={1}
            max={1_000_000_000}
            placeholder="no limit"
            value={policy.maxTokens ?? null}
            isReadOnly={isReadOnly}
            onChange={(value) => set({ maxTokens: value === null ? undefined : Math.round(value) })}
          />
        </>
      )}
      <p className="col-span-2 text-12 text-ink-3">
        {policy.maxAttempts === undefined ? 'Only passing errors are tried again. ' : ''}The wait doubles with each further try. All tries
        counts their waits too; the longest queue is how long it may wait for room in its lane.
        {callsModels(node) && ' Over its budget, in money or tokens, it fails before its next model call.'}
      </p>
    </div>
  );
}
