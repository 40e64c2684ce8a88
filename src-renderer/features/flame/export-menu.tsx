import { Download } from 'lucide-react';
import type { JsonObject } from '#shared/base/json.ts';
import { toChromeTrace } from '#shared/trace/chrome-trace.ts';
import { toSpeedscope } from '#shared/trace/speedscope.ts';
import type { SeenSpans } from '#shared/trace/weight-layout.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';

/** Saves the flame, as it is looked at, as a file of another tool. */
export function ExportMenu({ name, seen }: { readonly name: string; readonly seen: SeenSpans }) {
  return (
    <Menu
      label="Save as a file"
      trigger={<IconButton size="small" label="Save as a file" icon={<Download size={14} />} />}
      items={[
        { label: 'For speedscope', onSelect: () => save(`${name}.speedscope.json`, toSpeedscope(name, seen)) },
        { label: 'For Chrome tracing and Perfetto', onSelect: () => save(`${name}.trace.json`, toChromeTrace(name, seen)) },
      ]}
    />
  );
}

function save(fileName: string, content: JsonObject): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-');
  link.click();
  URL.revokeObjectURL(url);
}
