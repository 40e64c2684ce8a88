import { Ellipsis, History, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Template } from '#shared/contract/workflows.ts';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { useLibrary } from '../../state/library.ts';
import { openTemplate, runTemplate } from '../../state/run-actions.ts';
import { openTab } from '../../state/tabs.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { toTags } from './gallery-filter.ts';
import { TemplateSketch } from './template-sketch.tsx';

/** One template: its graph as a drawing, what it does, and ways to begin. */
export function TemplateCard({ template }: { readonly template: Template }) {
  const isOnline = useIsOnline();
  const [busy, setBusy] = useState<'run' | 'open' | null>(null);
  const doing = (which: 'run' | 'open', act: () => Promise<unknown>) => async () => {
    setBusy(which);
    await act().catch(notifyError);
    setBusy(null);
  };
  return (
    <li className="flex flex-col gap-3 overflow-hidden rounded-xl border border-line bg-surface-1 p-4 shadow-card">
      <div className="-mx-4 -mt-4 border-b border-line bg-canvas px-3 py-2">
        <TemplateSketch sketch={template.sketch} />
      </div>
      <div className="flex-1">
        <div className="flex items-center gap-1">
          <h3 className="min-w-0 flex-1 text-13 font-semibold">{template.name}</h3>
          {template.isOwn && <OwnMenu template={template} />}
        </div>
        <p className="mt-1 text-12 text-ink-2">{template.description}</p>
      </div>
      <div className="flex flex-wrap gap-1">
        <Badge>{formatCount(template.nodeCount, 'node')}</Badge>
        {toTags(template).map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          tone="primary"
          icon={<Play size={12} />}
          isBusy={busy === 'run'}
          disabled={!isOnline || busy !== null}
          onClick={doing('run', () => runTemplate(template.id))}
        >
          Run it
        </Button>
        <Button
          size="small"
          isBusy={busy === 'open'}
          disabled={!isOnline || busy !== null}
          onClick={doing('open', () => openTemplate(template.id))}
        >
          Use it
        </Button>
        {template.hasRecordedRun && (
          <Button
            size="small"
            tone="quiet"
            icon={<History size={12} />}
            onClick={() => openTab({ type: 'recorded', templateId: template.id })}
          >
            Explore the recorded run
          </Button>
        )}
      </div>
    </li>
  );
}

function OwnMenu({ template }: { readonly template: Template }) {
  const remove = async () => {
    try {
      await getApi().template.remove({ id: template.id });
      useLibrary.setState({ templates: [...(await getApi().template.list())] });
      notifyDone(`The template “${template.name}” is removed`);
    } catch (thrown) {
      notifyError(thrown);
    }
  };
  return (
    <Menu
      label={`Actions for ${template.name}`}
      trigger={<IconButton size="small" label={`Actions for ${template.name}`} icon={<Ellipsis size={14} />} />}
      items={[{ label: 'Remove the template', icon: <Trash2 size={14} />, isDangerous: true, onSelect: () => void remove() }]}
    />
  );
}
