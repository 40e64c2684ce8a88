import { Trash2 } from 'lucide-react';
import { IconButton } from '../../ui/icon-button.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { isDefaultLane, type LaneDraft } from './lanes-draft.ts';
import { Card } from './section-parts.tsx';

export interface LaneCardProps {
  readonly lane: LaneDraft;
  readonly problemOf: (key: string) => string | undefined;
  readonly onChange: (change: Partial<LaneDraft>) => void;
  readonly onRemove: () => void;
}

/** One lane of the settings. The default lane keeps its name and stays. */
export function LaneCard({ lane, problemOf, onChange, onRemove }: LaneCardProps) {
  const isDefault = isDefaultLane(lane);
  return (
    <Card label={`Lane ${lane.name}`}>
      <div className="grid grid-cols-4 gap-x-3 gap-y-2.5">
        <TextField
          label="Name"
          isMono
          value={lane.name}
          readOnly={isDefault}
          problem={problemOf('name')}
          help={isDefault ? 'For nodes that name none.' : undefined}
          onChange={(event) => onChange({ name: event.target.value })}
        />
        <TextField
          label="Priority"
          inputMode="numeric"
          value={lane.priority}
          placeholder="0"
          problem={problemOf('priority')}
          onChange={(event) => onChange({ priority: event.target.value })}
        />
        <TextField
          label="Quota"
          inputMode="numeric"
          value={lane.quota}
          placeholder="no quota"
          problem={problemOf('quota')}
          onChange={(event) => onChange({ quota: event.target.value })}
        />
        <TextField
          label="Places to wait"
          inputMode="numeric"
          value={lane.maxDepth}
          placeholder="any number"
          problem={problemOf('maxDepth')}
          onChange={(event) => onChange({ maxDepth: event.target.value })}
        />
        <Select<LaneDraft['whenFull']>
          label="When full"
          value={lane.whenFull}
          options={[
            { value: 'block', label: 'Wait outside' },
            { value: 'reject', label: 'Refuse' },
            { value: 'shed', label: 'Drop the least important' },
          ]}
          onChange={(whenFull) => onChange({ whenFull })}
        />
        <Select<LaneDraft['rate']>
          label="Pace"
          value={lane.rate}
          options={[
            { value: 'none', label: 'As it comes' },
            { value: 'tokenBucket', label: 'In bursts' },
            { value: 'leakyBucket', label: 'Evenly spaced' },
          ]}
          onChange={(rate) => onChange({ rate })}
        />
        {lane.rate !== 'none' && (
          <>
            <TextField
              label="Starts per second"
              inputMode="decimal"
              value={lane.perSecond}
              problem={problemOf('rate.perSecond')}
              onChange={(event) => onChange({ perSecond: event.target.value })}
            />
            <TextField
              label={lane.rate === 'tokenBucket' ? 'Burst' : 'Most that wait for it'}
              inputMode="numeric"
              value={lane.size}
              problem={problemOf(lane.rate === 'tokenBucket' ? 'rate.burst' : 'rate.depth')}
              onChange={(event) => onChange({ size: event.target.value })}
            />
          </>
        )}
        {!isDefault && (
          <span className="col-start-4 flex items-end justify-end">
            <IconButton label={`Remove the lane ${lane.name}`} icon={<Trash2 size={14} />} onClick={onRemove} />
          </span>
        )}
      </div>
    </Card>
  );
}
