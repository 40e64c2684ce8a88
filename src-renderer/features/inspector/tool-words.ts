import type { ToolInfo } from '#shared/contract/settings.ts';
import type { EffectClass } from '#shared/run/events.ts';
import type { Suggestion } from './suggest-field.tsx';

/** What doing the same call twice means, in words for someone who chooses a tool. */
export const effectWords: Readonly<Record<EffectClass, string>> = {
  idempotent: 'safe to repeat',
  'dedupes-by-key': 'knows repeats by their key',
  neither: 'acts each time; asks after a crash',
};

/** The tools as suggestions, those of the product first. */
export function toToolSuggestions(tools: readonly ToolInfo[] | null): readonly Suggestion[] {
  const byOrigin = (tool: ToolInfo) => (tool.source.type === 'builtin' ? 0 : 1);
  return [...(tools ?? [])]
    .sort((a, b) => byOrigin(a) - byOrigin(b) || a.name.localeCompare(b.name))
    .map((tool) => ({
      value: tool.name,
      detail: tool.source.type === 'mcp' ? `${tool.source.server}: ${tool.description}` : tool.description,
    }));
}
