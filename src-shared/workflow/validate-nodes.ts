import type { JsonObject, JsonValue } from '../base/json.ts';
import type { NodeKind } from '../nodes/kind.ts';
import { nodeIdPattern, type WorkflowNode } from './document.ts';
import { isReservedInExpressions } from './expression.ts';
import { viewNode } from './node-view.ts';
import type { Problem } from './problem.ts';
import { type Subject, toFieldWords, toLabel, type WorkflowCatalogue } from './validation-subject.ts';

/** What is wrong with nodes by themselves: ids, kinds, configs, and the models, tools and workflows they name. */
export function checkNodes({ document, catalogue }: Subject): Problem[] {
  const problems: Problem[] = [];
  const lookup = toLookup(catalogue);
  const ids = new Set<string>();
  for (const node of document.nodes) {
    problems.push(...checkId(node, ids.has(node.id)));
    ids.add(node.id);
    const view = viewNode(node);
    if (view.type === 'unknownKind') {
      problems.push(
        problem(
          node,
          'node.unknownKind',
          `${toLabel(node)} is of the kind “${node.kind}”, which this Heddle does not know. Update Heddle, or replace the node.`,
        ),
      );
    } else if (view.type === 'badConfig') {
      for (const issue of view.issues)
        problems.push({
          ...problem(node, 'node.badConfig', `${toLabel(node)}, ${toFieldWords(view.kind, issue.path)}: ${issue.message}.`),
          path: [...issue.path],
        });
    } else {
      problems.push(...checkUnknownKeys(node, view.config), ...checkCatalogue(node, view.kind, view.config, lookup));
      if (node.kind === 'branch' && (view.config.cases as readonly JsonValue[]).length === 0) {
        problems.push({
          ...problem(node, 'branch.noCases', `${toLabel(node)} has no cases, so everything goes to else. Add a case.`),
          path: ['cases'],
        });
      }
    }
  }
  return problems;
}

function checkId(node: WorkflowNode, isRepeated: boolean): Problem[] {
  if (isRepeated) return [problem(node, 'node.duplicateId', `Two nodes have the id “${node.id}”. Give one of them another id.`)];
  if (!nodeIdPattern.test(node.id))
    return [
      problem(node, 'node.invalidId', `“${node.id}” is not a usable id: it must start with a letter and hold only letters, digits and _.`),
    ];
  if (!isReservedInExpressions(node.id)) return [];
  return [
    {
      ...problem(
        node,
        'node.reservedId',
        `Expressions cannot speak of ${toLabel(node)}: “${node.id}” means something else in them. Give it another id.`,
      ),
      severity: 'warning',
    },
  ];
}

/** A key the kind does not read is kept, but most often it is a slip of the pen. */
function checkUnknownKeys(node: WorkflowNode, config: JsonObject): Problem[] {
  return Object.keys(node.config)
    .filter((key) => !Object.hasOwn(config, key))
    .map((key) => ({
      ...problem(node, 'node.unknownConfigKey', `${toLabel(node)} has “${key}” in its config, which its kind does not use.`),
      severity: 'warning',
      path: [key],
    }));
}

interface Lookup {
  readonly providers: ReadonlySet<string> | null;
  readonly tools: ReadonlyMap<string, JsonObject> | null;
  readonly workflows: ReadonlySet<string> | null;
}

function toLookup({ providers, tools, workflows = null }: WorkflowCatalogue): Lookup {
  return {
    providers: providers === null ? null : new Set(providers),
    workflows: workflows === null ? null : new Set(workflows),
    tools: tools === null ? null : new Map(tools.map((tool) => [tool.name, tool.inputSchema ?? {}])),
  };
}

/** The kind's inspector fields say which config keys name models and tools. */
function checkCatalogue(node: WorkflowNode, kind: NodeKind, config: JsonObject, lookup: Lookup): Problem[] {
  return kind.fields.flatMap((field): Problem[] => {
    const value = config[field.key];
    switch (field.type) {
      case 'model':
        return checkModel(node, field.key, String(value ?? ''), lookup);
      case 'tool':
        return checkTool(node, [field.key], String(value ?? ''), lookup);
      case 'tools':
        return (value as readonly { readonly name: string }[]).flatMap((tool, index) =>
          checkTool(node, [field.key, index], tool.name, lookup),
        );
      case 'workflow':
        return checkWorkflow(node, field.key, String(value ?? ''), lookup);
      case 'arguments':
        return checkArguments(node, field.key, String(config[field.toolKey] ?? ''), value as JsonObject, lookup);
      default:
        return [];
    }
  });
}

function checkModel(node: WorkflowNode, key: string, model: string, { providers }: Lookup): Problem[] {
  const at = (code: string, message: string, severity: Problem['severity']): Problem[] => [
    { ...problem(node, code, message), severity, path: [key] },
  ];
  if (model === '') return at('model.missing', `${toLabel(node)} has no model. Choose one, or give one when you start the run.`, 'warning');
  const slash = model.indexOf('/');
  if (slash < 1 || slash === model.length - 1)
    return at('model.malformed', `${toLabel(node)} names the model “${model}”; write it as provider/model.`, 'error');
  const provider = model.slice(0, slash);
  if (providers === null || providers.has(provider)) return [];
  return at(
    'model.unknownProvider',
    `${toLabel(node)} uses the provider “${provider}”, which is not set up. Add it in the settings, or choose another model.`,
    'error',
  );
}

function checkTool(node: WorkflowNode, path: (string | number)[], name: string, { tools }: Lookup): Problem[] {
  if (name === '') return [{ ...problem(node, 'tool.missing', `${toLabel(node)} has no tool. Choose one.`), path }];
  if (tools === null || tools.has(name)) return [];
  return [
    {
      ...problem(
        node,
        'tool.unknown',
        `${toLabel(node)} uses the tool “${name}”, which is not here. Start the server that has it, or choose another.`,
      ),
      path,
    },
  ];
}

function checkWorkflow(node: WorkflowNode, key: string, path: string, { workflows }: Lookup): Problem[] {
  if (path === '') {
    return [
      { ...problem(node, 'workflow.missing', `${toLabel(node)} has no workflow to run. Choose one, or make a new one.`), path: [key] },
    ];
  }
  if (workflows === null || workflows.has(path)) return [];
  return [
    {
      ...problem(
        node,
        'workflow.unknown',
        `${toLabel(node)} runs “${path}”, which is not in this workspace. Bring the file back, or choose another.`,
      ),
      path: [key],
    },
  ];
}

function checkArguments(node: WorkflowNode, key: string, tool: string, values: JsonObject, { tools }: Lookup): Problem[] {
  const schema = tools?.get(tool);
  if (schema === undefined) return [];
  const required = Array.isArray(schema.required) ? (schema.required as readonly JsonValue[]) : [];
  const missing = required.filter((name): name is string => typeof name === 'string' && !Object.hasOwn(values, name));
  const problems = missing.map(
    (name): Problem => ({
      ...problem(node, 'tool.argumentMissing', `${toLabel(node)} does not give “${name}”, which the tool “${tool}” needs.`),
      path: [key, name],
    }),
  );
  const { properties } = schema;
  if (schema.additionalProperties !== false || typeof properties !== 'object' || properties === null) return problems;
  const strangers = Object.keys(values).filter((name) => !Object.hasOwn(properties, name));
  return [
    ...problems,
    ...strangers.map(
      (name): Problem => ({
        ...problem(node, 'tool.argumentUnknown', `${toLabel(node)} gives “${name}”, which the tool “${tool}” does not take.`),
        path: [key, name],
      }),
    ),
  ];
}

function problem(node: WorkflowNode, code: string, message: string): Problem {
  return { code, severity: 'error', node: node.id, port: null, message };
}
