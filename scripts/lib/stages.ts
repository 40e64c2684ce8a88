import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { run, runInOnePiece } from './child.mjs';
import { inProject, isInProject, projectRoot } from './project.mjs';
import { type Counts, noCounts, playwrightCounts, vitestCounts, withExitCode } from './stage-counts.ts';

/** One runner of `npm test`. `run` never throws for a failing test: it counts. */
export interface Stage {
  readonly name: string;
  readonly about: string;
  readonly needsBuild?: boolean;
  readonly needsChromium?: boolean;
  /** It only reads the sources, on one core: neighbours that do the same run beside it. Its output comes in one piece. */
  readonly isCheck?: boolean;
  run(): Promise<Counts>;
}

/** In the order in which they run: what is quick and tells most comes first. */
export const stages: readonly Stage[] = [
  check('types', 'each tree against its own tsconfig', ...['src-shared', 'src-main', 'src-renderer', 'tests'].map(typeCheck)),
  check('biome', 'format and lint', tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings')),
  check('eslint', 'rules that need types', tool('eslint/bin/eslint.js', '.', '--max-warnings=0', ...eslintCache())),
  check('dependency-cruiser', 'who may import whom', tool('dependency-cruiser/bin/dependency-cruise.mjs', ...cruisedFolders())),
  check('knip', 'files, exports and packages that nobody uses', tool('knip/bin/knip.js', '--no-progress')),
  { ...check('build', 'the programs and the window', ['scripts/build.ts']), isCheck: false },
  vitest('unit', 'beside each file'),
  vitest('contract', 'one suite per interface, every implementation', { needsBuild: true }),
  vitest('simulation', 'the whole engine under faults and commands of chance'),
  vitest('architecture', 'every rule catches a planted violation'),
  vitest('fault', 'hostile scripts and bad input'),
  vitest('crash', 'killed and restarted', { needsBuild: true }),
  {
    name: 'playwright',
    about: 'journeys in the browser',
    needsBuild: true,
    needsChromium: true,
    run: () => countedRun(tool('@playwright/test/cli.js', 'test'), 'test-results/playwright.json', playwrightCounts),
  },
];

/** What `npm run check` runs. */
export const fastStages: readonly string[] = ['types', 'biome', 'eslint', 'dependency-cruiser', 'knip', 'unit'];

type Command = readonly string[];

function check(name: string, about: string, ...commands: readonly Command[]): Stage {
  return {
    name,
    about,
    isCheck: true,
    run: async () => {
      const exitCodes = await Promise.all(commands.map((command) => runInOnePiece(process.execPath, command, { cwd: projectRoot })));
      return { ...noCounts, [exitCodes.every((code) => code === 0) ? 'passed' : 'failed']: 1 };
    },
  };
}

function vitest(project: string, about: string, needs: { readonly needsBuild?: boolean } = {}): Stage {
  const report = `test-results/vitest-${project}.json`;
  const command = tool(
    'vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  );
  return { name: project, about, ...needs, run: () => countedRun(command, report, vitestCounts) };
}

async function countedRun<Report>(command: Command, reportFile: string, toCounts: (report: Report) => Counts): Promise<Counts> {
  mkdirSync(inProject('test-results'), { recursive: true });
  rmSync(inProject(reportFile), { force: true });
  const exitCode = await runNode(command);
  return withExitCode(readCounts(reportFile, toCounts), exitCode);
}

/** A runner that crashed before its report has counted nothing; its exit code then makes it a failure. */
function readCounts<Report>(reportFile: string, toCounts: (report: Report) => Counts): Counts {
  try {
    return toCounts(JSON.parse(readFileSync(inProject(reportFile), 'utf8')) as Report);
  } catch (error) {
    console.error(`No usable report at ${reportFile}: ${error instanceof Error ? error.message : String(error)}`);
    return { ...noCounts, failed: 1 };
  }
}

function runNode(command: Command): Promise<number> {
  return run(process.execPath, command, { cwd: projectRoot });
}

function tool(file: string, ...args: readonly string[]): Command {
  return [inProject('node_modules', file), ...args];
}

/** `npm run check` looks again only at files that changed; what a change does to types elsewhere, `npm test` finds afresh. */
function eslintCache(): Command {
  return process.argv.includes('--fast') ? ['--cache', '--cache-strategy=content', '--cache-location=.cache/eslint'] : [];
}

function typeCheck(tree: string): Command {
  return tool('typescript-7/bin/tsc', '-p', tree, '--pretty');
}

function cruisedFolders(): Command {
  const folders = ['src-shared', 'src-main', 'src-renderer', 'scripts', 'tests', 'e2e'];
  return [...folders.filter((folder) => isInProject(folder)), '--config', '.dependency-cruiser.cjs'];
}
