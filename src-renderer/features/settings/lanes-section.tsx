import { Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone } from '../../app/notify.ts';
import { useIsOnline } from '../../state/connection.ts';
import { saveSettings, useSettings } from '../../state/settings.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { TextField } from '../../ui/text-field.tsx';
import { Toggle } from '../../ui/toggle.tsx';
import { LaneCard } from './lane-card.tsx';
import { addLane, readDraft, type SchedulingDraft, toDraft } from './lanes-draft.ts';
import { LimitRows } from './limit-rows.tsx';
import { Card, SectionHeader } from './section-parts.tsx';
import { useAct } from './use-act.ts';

/** Everything that decides when work may begin: edited as a whole, saved as a whole. */
export function LanesSection() {
  const settings = useSettings((store) => store.settings);
  const isOnline = useIsOnline();
  const act = useAct();
  const [draft, setDraft] = useState(() => toDraft(settings));
  const saved = JSON.stringify(toDraft(settings));
  // What another window saved is taken over, as long as nothing is lost by it.
  const [base, setBase] = useState(saved);
  const isChanged = JSON.stringify(draft) !== base;
  useEffect(() => {
    if (saved === base || isChanged) return;
    setDraft(JSON.parse(saved) as SchedulingDraft);
    setBase(saved);
  }, [saved, base, isChanged]);
  const reading = readDraft(draft);
  const problems: Readonly<Record<string, string>> = reading.type === 'invalid' ? reading.problems : {};
  const change = (part: Partial<SchedulingDraft>) => setDraft((now) => ({ ...now, ...part }));
  const reset = () => {
    setDraft(JSON.parse(saved) as SchedulingDraft);
    setBase(saved);
  };
  const save = async () => {
    if (reading.type === 'invalid') return;
    const { scheduling, maxParallelNodes } = settings;
    if (!(await act.run(() => saveSettings(reading.settings)))) return;
    const written = JSON.stringify(toDraft(reading.settings));
    setDraft(JSON.parse(written) as SchedulingDraft);
    setBase(written);
    notifyDone('Lanes are set up as you said', () => saveSettings({ scheduling, maxParallelNodes }));
  };
  const { workers, breaker } = draft;
  return (
    <>
      <SectionHeader
        title="Lanes"
        text="Nodes wait in lanes until there is room for them. Lanes with a higher priority go first; a quota keeps room for the others. Changes count at once, also for what waits."
      />
      {draft.lanes.map((lane, index) => (
        <LaneCard
          // biome-ignore lint/suspicious/noArrayIndexKey: a lane's name is what is being typed.
          key={index}
          lane={lane}
          problemOf={(key) => problems[`lanes.${index}.${key}`]}
          onChange={(part) => change({ lanes: draft.lanes.map((one, at) => (at === index ? { ...one, ...part } : one)) })}
          onRemove={() => change({ lanes: draft.lanes.filter((_, at) => at !== index) })}
        />
      ))}
      <Button icon={<Plus size={13} />} className="mb-4" onClick={() => change({ lanes: addLane(draft.lanes) })}>
        Add lane
      </Button>
      <Card label="Workers">
        <h3 className="text-13 font-medium">Workers</h3>
        <p className="text-12 text-ink-2">
          All lanes share them. One is added whenever all are busy and more waits; one is let go after each calm period.
        </p>
        <div className="grid grid-cols-4 gap-3">
          <TextField
            label="Fewest"
            inputMode="numeric"
            value={workers.min}
            problem={problems['workers.min']}
            onChange={(event) => change({ workers: { ...workers, min: event.target.value } })}
          />
          <TextField
            label="Most"
            inputMode="numeric"
            value={workers.max}
            problem={problems['workers.max']}
            onChange={(event) => change({ workers: { ...workers, max: event.target.value } })}
          />
          <TextField
            label="Calm period (s)"
            inputMode="decimal"
            value={workers.calmMs}
            problem={problems['workers.calmMs']}
            onChange={(event) => change({ workers: { ...workers, calmMs: event.target.value } })}
          />
          <TextField
            label="Calls at once"
            inputMode="numeric"
            value={draft.maxParallelNodes}
            problem={problems.maxParallelNodes}
            onChange={(event) => change({ maxParallelNodes: event.target.value })}
          />
        </div>
      </Card>
      <Card label="Limits">
        <LimitRows limits={draft.limits} problems={problems} onChange={(limits) => change({ limits })} />
      </Card>
      <Card label="Circuit breaker">
        <h3 className="text-13 font-medium">Circuit breaker</h3>
        <Toggle
          label="Leave a provider or tool alone for a while when it keeps failing"
          isOn={breaker.isOn}
          onChange={(isOn) => change({ breaker: { ...breaker, isOn } })}
        />
        {breaker.isOn && (
          <div className="grid grid-cols-3 gap-3">
            {breakerFields.map(({ key, label }) => (
              <TextField
                key={key}
                label={label}
                inputMode="decimal"
                value={breaker[key]}
                problem={problems[`breaker.${key}`]}
                onChange={(event) => change({ breaker: { ...breaker, [key]: event.target.value } })}
              />
            ))}
          </div>
        )}
      </Card>
      {act.error !== null && <ErrorNote error={act.error} />}
      <div className="sticky bottom-0 -mx-6 -mb-6 mt-3 flex items-center gap-2 border-t border-line bg-canvas px-6 py-3">
        <p role="status" className={`min-w-0 flex-1 text-12 ${reading.type === 'invalid' ? 'text-failed' : 'text-ink-2'}`}>
          {reading.type === 'invalid'
            ? `${formatCount(Object.keys(problems).length, 'field')} to correct before this can be saved.`
            : isChanged
              ? 'Not saved yet.'
              : 'Everything is saved.'}
        </p>
        <Button disabled={!isChanged} onClick={reset}>
          Discard changes
        </Button>
        <Button
          tone="primary"
          isBusy={act.isBusy}
          disabled={!isChanged || !isOnline || reading.type === 'invalid'}
          onClick={() => void save()}
        >
          Save lanes
        </Button>
      </div>
    </>
  );
}

const breakerFields = [
  { key: 'failuresInRow', label: 'Failures in a row' },
  { key: 'failureShare', label: 'Or share that failed (%)' },
  { key: 'minCalls', label: 'Of at least (calls)' },
  { key: 'windowMs', label: 'Within (s)' },
  { key: 'openMs', label: 'Left alone for (s)' },
] as const;
