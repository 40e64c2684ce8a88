import { HeddleError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';

/** One step from a schema version to the next, on the raw content of the file. Once released it is never edited. */
export interface Migration {
  /** The version it starts from; it leads to `from + 1`. */
  readonly from: number;
  /** What it changes, in a few words. */
  readonly name: string;
  migrate(content: JsonObject): JsonObject;
}

/** Every step since version 1, in order. A new one comes with a raised `workflowSchemaVersion` and an old file as its test. */
const workflowMigrations: readonly Migration[] = [];

/** Takes the content through every step from `version` to `target`; refuses versions that no step leads away from. */
export function migrateWorkflow(
  content: JsonObject,
  version: number,
  target: number,
  migrations: readonly Migration[] = workflowMigrations,
): JsonObject {
  if (version > target) {
    throw new HeddleError(
      'workflow.unknownVersion',
      `This workflow was written by a newer Heddle (version ${version} of the format; this one reads up to ${target}). Update Heddle to open it.`,
      {
        details: { version, supported: target },
      },
    );
  }
  let migrated = content;
  for (let at = version; at < target; at += 1) {
    const step = migrations.find((migration) => migration.from === at);
    if (step === undefined) {
      throw new HeddleError(
        'workflow.unknownVersion',
        `This workflow is in version ${version} of the format, which no Heddle has written. Check the number after "heddle" in the file.`,
        {
          details: { version, supported: target },
        },
      );
    }
    migrated = step.migrate(migrated);
  }
  return migrated;
}
