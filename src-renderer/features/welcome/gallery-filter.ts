import type { Template } from '#shared/contract/workflows.ts';

/** The templates that have all of the words somewhere in what is written about them, and the tag, where one is chosen. */
export function filterTemplates(templates: readonly Template[], words: string, tag: string | null): readonly Template[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter((template) => {
    const text = `${template.name} ${template.description} ${template.tags.join(' ')}`.toLowerCase();
    return (tag === null || toTags(template).includes(tag)) && wanted.every((word) => text.includes(word));
  });
}

/** The tags to narrow by, with how many templates have each: trades (the first tag of a template), in the gallery's order, then what several share. */
export function countTags(templates: readonly Template[]): readonly { readonly tag: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const template of templates) for (const tag of toTags(template)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const trades = new Set(templates.flatMap((template) => toTags(template).slice(0, 1)));
  const shared = [...counts].filter(([tag, count]) => count > 1 && !trades.has(tag)).sort(([, a], [, b]) => b - a);
  return [...trades, ...shared.map(([tag]) => tag)].map((tag) => ({ tag, count: counts.get(tag) ?? 0 }));
}

/** Its tags; what this user saved has one more. */
export function toTags({ tags, isOwn }: Template): readonly string[] {
  return isOwn ? [ownTag, ...tags] : tags;
}

const ownTag = 'yours';
