import type { HeddleError } from '#shared/base/errors.ts';
import type { ExportList, ImportList } from '#shared/contract/bundles.ts';
import { type Bundle, bundleSchema } from '#shared/workflow/bundle.ts';
import { type Gathered, gatherForBundle, packBundle } from './bundle-export.ts';
import { type ImportOptions, type ImportPlan, planImport, writeImport } from './bundle-import.ts';
import { type Inventory, listNeedsHere } from './bundle-needs.ts';
import type { WorkflowFiles } from './workflow-files.ts';

/** Workflows as single files: out of the workspace and into it. */
export interface Bundles {
  /** What an export of the workflow holds and needs. */
  list(path: string): Promise<ExportList>;
  /** The workflow, those that it runs, and these files of the workspace. */
  export(path: string, files: readonly string[]): Promise<Bundle>;
  /** What an import would do; writes nothing. */
  check(bundle: Bundle): Promise<ImportList>;
  /** Writes what is new under free names; replaces nothing, starts nothing and reads no secret. */
  import(bundle: Bundle): Promise<ImportList>;
  /** As `import`, for whoever asks nothing about needs. */
  place(bundle: Bundle, options: ImportOptions): Promise<{ readonly root: string; readonly plan: ImportPlan }>;
}

/** Bundles of the workspace at `root`; `takeInventory` says what this machine has. */
export function createBundles(root: string, workflows: WorkflowFiles, takeInventory: () => Promise<Inventory>): Bundles {
  const needsOf = async ({ documents, files, secrets }: Pick<Gathered, 'documents' | 'files'> & { readonly secrets: readonly string[] }) =>
    listNeedsHere(
      [...documents.values()],
      { workflows: new Set(documents.keys()), files: new Set(files.map(({ path }) => path)), secrets },
      await takeInventory(),
      root,
    );

  async function look(bundle: Bundle) {
    const plan = await planImport(root, bundle);
    const files = Object.keys(bundle.files).map((path) => ({ path, bytes: 0 }));
    const needs = await needsOf({ documents: plan.documents, files, secrets: bundle.secrets });
    const list: ImportList = {
      name: bundle.name,
      description: bundle.description,
      workflow: plan.workflow,
      workflows: [...plan.workflows],
      files: [...plan.files],
      needs: [...needs],
    };
    return { plan, list };
  }

  return {
    list: async (path) => {
      const gathered = await gatherForBundle(root, workflows, path);
      return {
        name: gathered.name,
        workflows: [...gathered.documents.keys()],
        files: [...gathered.files],
        needs: [...(await needsOf({ ...gathered, files: [], secrets: [] }))],
      };
    },
    export: async (path, files) => {
      const gathered = await gatherForBundle(root, workflows, path);
      const needs = await needsOf({ ...gathered, files: [], secrets: [] });
      const secrets = needs.filter(({ type }) => type === 'secret').map(({ name }) => name);
      return packBundle(root, gathered, files, secrets);
    },
    check: async (bundle) => (await look(bundle)).list,
    import: async (bundle) => {
      const { plan, list } = await look(bundle);
      await writeImport(root, plan);
      return list;
    },
    place: async (bundle, options) => {
      const plan = await planImport(root, bundle, options);
      await writeImport(root, plan);
      return { root, plan };
    },
  };
}

/** Reads the text of a bundle; rejects what is none with `bundle.invalid` as `refuse` words it. */
export function parseBundle(text: string, refuse: (problem: string) => HeddleError): Bundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw refuse(`it is not JSON (${(thrown as Error).message})`);
  }
  const parsed = bundleSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(issue === undefined ? 'it is no bundle' : `${issue.path.map(String).join('.') || 'the whole'}: ${issue.message}`);
}
