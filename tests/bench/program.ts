import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { inProject } from '../../scripts/lib/project.mjs';

/** Runs a program of `tests/bench/programs` in a Node of its own, with a heap and an event loop that nothing else uses, and gives the JSON that it prints. */
export async function runProgram<Result>(name: string, ...args: readonly string[]): Promise<Result> {
  const file = inProject('tests/bench/programs', `${name}.ts`);
  const child = spawn(process.execPath, ['--expose-gc', file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [output, code] = await Promise.all([text(child.stdout), exited]);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${output}`);
  return JSON.parse(output) as Result;
}
