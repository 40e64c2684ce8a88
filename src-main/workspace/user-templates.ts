import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HeddleError } from '#shared/base/errors.ts';
import type { Template } from '#shared/contract/workflows.ts';
import { type Bundle, bundleExtension } from '#shared/workflow/bundle.ts';
import type { WorkflowDocument } from '#shared/workflow/document.ts';
import { parseWorkflowFile } from '#shared/workflow/document-file.ts';
import { refuseBundle } from './bundle-import.ts';
import { type Bundles, parseBundle } from './bundles.ts';
import { isMissing, toDiskRefusal } from './disk-refusals.ts';
import { createFile } from './durable-file.ts';
import { type TemplateLibrary, type TemplateShelf, toSketch, unknownTemplate } from './template-library.ts';
import { readWorkflow } from './workflow-files.ts';

/**
 * The gallery with this user's own templates before those of the program. Each is a bundle, `HEDDLE_HOME/templates/<name>.heddle-bundle.json`;
 * its id is `own-<name>`. A bundle that somebody puts there is a template; one that cannot be read is passed over.
 */
export function createTemplates(builtIn: TemplateShelf, home: string, bundles: Bundles): TemplateLibrary {
  const folder = join(home, 'templates');

  async function listOwn(): Promise<readonly Template[]> {
    const names = (await readdir(folder).catch((): string[] => [])).filter((name) => name.endsWith(bundleExtension)).sort();
    const templates = await Promise.all(
      names.map(async (name) => {
        const id = toId(name);
        try {
          return toTemplate(id, await readBundle(id));
        } catch (error) {
          if (error instanceof HeddleError) return undefined;
          throw error;
        }
      }),
    );
    return templates.filter((template) => template !== undefined);
  }

  async function readBundle(id: string): Promise<Bundle> {
    const text = await readFile(toPath(id), 'utf8').catch((error: unknown) => {
      throw isMissing(error) ? unknownTemplate(id) : toDiskRefusal(error, `read the template ${id}`);
    });
    return parseBundle(text, refuseBundle);
  }

  function toPath(id: string): string {
    if (!ownPattern.test(id)) throw unknownTemplate(id);
    return join(folder, `${id.slice(prefix.length)}${bundleExtension}`);
  }

  return {
    list: async () => [...(await listOwn()), ...(await builtIn.list())],
    get: async (id) => {
      if (!id.startsWith(prefix)) return builtIn.get(id);
      const bundle = await readBundle(id);
      return {
        template: toTemplate(id, bundle),
        document: toMain(bundle),
        exampleInputs: bundle.exampleInputs,
        recordedRun: null,
      };
    },
    instantiate: async (id, name, reuse) => {
      if (!id.startsWith(prefix)) return builtIn.instantiate(id, name, reuse);
      const bundle = await readBundle(id);
      const wanted = name ?? bundle.name;
      const { root, plan } = await bundles.place(bundle, reuse === true && name === undefined ? {} : { asNew: wanted });
      return { ...(await readWorkflow(join(root, plan.workflow), plan.workflow)), exampleInputs: plan.exampleInputs };
    },
    save: async ({ path, name, description, tags, files }) => {
      const exported = await bundles.export(path, files);
      // Nothing said of the template is what the workflow says of itself.
      const bundle: Bundle = { ...exported, name, description: description || exported.description, tags: [...tags] };
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const plain = toPlainName(name);
      for (let number = 1; ; number += 1) {
        const id = `${prefix}${plain}${number === 1 ? '' : `-${number}`}`;
        if (existsSync(toPath(id))) continue;
        try {
          await createFile(toPath(id), `${JSON.stringify(bundle, null, 2)}\n`, 0o600);
        } catch (error) {
          throw toDiskRefusal(error, `save the template “${name}”`);
        }
        return toTemplate(id, bundle);
      }
    },
    remove: async (id) => {
      if (!id.startsWith(prefix)) throw unknownTemplate(id);
      await unlink(toPath(id)).catch((error: unknown) => {
        throw isMissing(error) ? unknownTemplate(id) : toDiskRefusal(error, `remove the template ${id}`);
      });
    },
  };
}

const prefix = 'own-';
const ownPattern = /^own-[a-z0-9][a-z0-9-]{0,63}$/;

function toId(fileName: string): string {
  return prefix + basename(fileName, bundleExtension);
}

/** `Brief on a folder!` becomes `brief-on-a-folder`. */
function toPlainName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  return plain === '' ? 'template' : plain;
}

function toMain(bundle: Bundle): WorkflowDocument {
  const file = bundle.workflows[bundle.workflow];
  if (file === undefined) throw refuseBundle(`it has no workflow “${bundle.workflow}”`);
  return { ...parseWorkflowFile(JSON.stringify(file)), name: bundle.name };
}

function toTemplate(id: string, bundle: Bundle): Template {
  const document = toMain(bundle);
  const { name, description, tags } = bundle;
  return { id, name, description, tags, nodeCount: document.nodes.length, hasRecordedRun: false, isOwn: true, sketch: toSketch(document) };
}
