import type { Template } from '#shared/contract/workflows.ts';

/** The templates that have all of the words somewhere in what is written about them, and the tag, where one is chosen. */
export function filterTemplates(templates: readonly Template[], words: string, tag: string | null): readonly Template[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return templates.filter((template) => {
    const text = `${template.name} ${template.description} ${template.tags.join(' ')}`.toLowerCase();
    return (tag === null || toTags(template).includes(tag)) && wanted.every((word) => text.includes(word));
  });
}

/** Every tag with how many templates have it, the most frequent first. */
export function countTags(templates: readonly Template[]): readonly { readonly tag: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const template of templates) for (const tag of toTags(template)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
}

/** Its tags; what this user saved has one more. */
export function toTags({ tags, isOwn }: Template): readonly string[] {
  return isOwn ? ['yours', ...tags] : tags;
}
