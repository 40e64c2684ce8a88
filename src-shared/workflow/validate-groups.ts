import type { Problem } from './problem.ts';
import type { Subject } from './validation-subject.ts';

/** What is wrong with the groups of a workflow: ids used twice, nodes that are not there or in two groups. Runs do not mind. */
export function checkGroups({ document, nodes }: Subject): Problem[] {
  const seen = new Set<string>();
  const groupOf = new Map<string, string>();
  return (document.groups ?? []).flatMap((group, index): Problem[] => {
    const problems: Problem[] = [];
    const report = (code: string, key: string, message: string) =>
      problems.push({
        code,
        severity: 'warning',
        node: null,
        port: null,
        path: ['groups', index, key],
        message: `Group “${group.title || group.id}”: ${message}`,
      });
    if (seen.has(group.id)) report('group.repeatedId', 'id', `another group has the id “${group.id}”. Give it one of its own.`);
    seen.add(group.id);
    for (const id of group.nodes) {
      const other = groupOf.get(id);
      groupOf.set(id, group.id);
      if (!nodes.has(id)) report('group.unknownNode', 'nodes', `there is no node “${id}”. Remove it from the group.`);
      else if (other !== undefined) report('group.nodeTwice', 'nodes', `the node “${id}” is also in “${other}”; only the first counts.`);
    }
    return problems;
  });
}
