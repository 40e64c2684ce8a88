import { Search, Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { runCommand } from '../../app/commands.ts';
import { useIsOnline } from '../../state/connection.ts';
import { useLibrary } from '../../state/library.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Spinner } from '../../ui/spinner.tsx';
import { countTags, filterTemplates } from './gallery-filter.ts';
import { useGallery } from './gallery-wish.ts';
import { TemplateCard } from './template-card.tsx';

/** Everything there is to begin from: searched by words, narrowed by a tag. */
export function TemplateGallery() {
  const templates = useLibrary((store) => store.templates);
  const isOnline = useIsOnline();
  const [words, setWords] = useState('');
  const [tag, setTag] = useState<string | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const wish = useGallery((store) => store.wish);
  useEffect(() => {
    if (wish > 0) search.current?.focus();
  }, [wish]);

  if (templates === null) {
    return isOnline ? (
      <Spinner label="Loading the gallery" />
    ) : (
      <p className="text-12 text-ink-2">Not connected. The gallery appears when the host is back.</p>
    );
  }
  if (templates.length === 0) return <p className="text-12 text-ink-2">This build has no templates. Begin with a new workflow.</p>;
  const found = filterTemplates(templates, words, tag);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <label className="flex h-7 min-w-56 flex-1 items-center gap-2 rounded-md border border-line bg-surface-2 px-2 focus-within:border-accent">
          <Search size={13} aria-hidden className="shrink-0 text-ink-2" />
          <input
            ref={search}
            type="search"
            aria-label="Search templates"
            placeholder="Search templates"
            className="min-w-0 flex-1 bg-transparent text-12 outline-none"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </label>
        <Button size="small" icon={<Upload size={12} />} disabled={!isOnline} onClick={() => runCommand('workflow.import')}>
          Import a workflow
        </Button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons, not of fields. */}
      <div role="group" aria-label="Tags" className="mb-3 flex flex-wrap gap-1.5">
        {countTags(templates).map((known) => (
          <button
            key={known.tag}
            type="button"
            aria-pressed={tag === known.tag}
            className="h-6 rounded-full border border-line px-2.5 text-12 text-ink-2 hover:border-line-strong hover:text-ink-1 aria-pressed:border-accent aria-pressed:text-ink-1"
            onClick={() => setTag(tag === known.tag ? null : known.tag)}
          >
            {known.tag} <span className="tabular text-ink-3">{known.count}</span>
          </button>
        ))}
      </div>
      <p role="status" className={found.length === templates.length ? 'sr-only' : 'mb-2 text-12 text-ink-2'}>
        {found.length === 0 ? 'No template fits. Try other words, or another tag.' : formatCount(found.length, 'template')}
      </p>
      <ul aria-label="Templates" className="grid grid-cols-[repeat(auto-fill,minmax(250px,1fr))] gap-3">
        {found.map((template) => (
          <TemplateCard key={template.id} template={template} />
        ))}
      </ul>
    </>
  );
}
