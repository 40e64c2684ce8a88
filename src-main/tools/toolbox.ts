import { HeddleError } from '#shared/base/errors.ts';
import { createArgumentChecker } from './check-arguments.ts';
import type { Tool, Toolbox, ToolDefinition } from './tool.ts';

/** Where tools that are not ours come from. */
export interface ToolSource {
  /** What is known without starting anything. */
  list(): readonly ToolDefinition[];
  /** Undefined when the name is not one of this source's. */
  find(name: string, signal: AbortSignal): Promise<Tool | undefined>;
}

export interface ToolboxParts {
  readonly builtins: readonly Tool[];
  readonly mcp?: ToolSource;
}

/** The built-in tools and those of the MCP servers under one roof. Built-in names win. */
export function createToolbox({ builtins, mcp }: ToolboxParts): Toolbox {
  const byName = new Map(builtins.map((tool) => [tool.definition.name, tool]));
  const checkArguments = createArgumentChecker();
  return {
    list: () => [...builtins.map((tool) => tool.definition), ...(mcp?.list() ?? []).filter(({ name }) => !byName.has(name))],
    find: async (name, signal) => {
      const tool = byName.get(name) ?? (await mcp?.find(name, signal));
      if (tool !== undefined) return tool;
      throw new HeddleError('tool.notFound', `There is no tool named ${JSON.stringify(name)}. Known: ${[...byName.keys()].join(', ')}.`, {
        details: { tool: name },
      });
    },
    checkArguments: (definition, args) => checkArguments(definition.inputSchema, args),
  };
}
