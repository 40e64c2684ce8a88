import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createScriptedProvider } from '#main/models/scripted/scripted-provider.ts';
import { createGrantedFolders } from '#main/tools/files/granted-folders.ts';
import { createListFiles } from '#main/tools/files/list-files.ts';
import { createReadFile } from '#main/tools/files/read-file.ts';
import type { ChatMessage, ModelAnswer } from '#shared/run/message.ts';
import { createSimulatedClock } from '../support/simulated-clock.ts';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'heddle-demo-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const clock = createSimulatedClock();
const { signal } = new AbortController();

/** Plays the demo model against the real file tools until it stops calling them. */
async function converse(task: string, withTools = true): Promise<{ answer: ModelAnswer; toolsUsed: string[] }> {
  const folders = createGrantedFolders({ workspace, grants: () => [] });
  const tools = withTools ? [createListFiles(folders, clock), createReadFile(folders, clock)] : [];
  const provider = createScriptedProvider({ id: 'scripted', folders: () => ['resources/scripts'], clock });
  const messages: ChatMessage[] = [{ role: 'user', text: task }];
  const toolsUsed: string[] = [];
  while (true) {
    const offered = tools.map(({ definition: { name, description, inputSchema } }) => ({ name, description, inputSchema }));
    const pending = provider.call(
      { model: 'demo', messages: [...messages], tools: offered, toolChoice: 'auto' },
      { signal, idempotencyKey: 'k', onDelta: () => undefined },
    );
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    pending.then(done, done);
    while (!isDone) if (!(await clock.advanceToNext())) await new Promise((resolve) => setImmediate(resolve));
    const answer = await pending;
    if (answer.toolCalls.length === 0) return { answer, toolsUsed };
    messages.push({ role: 'assistant', text: answer.text, toolCalls: answer.toolCalls });
    for (const call of answer.toolCalls) {
      toolsUsed.push(call.name);
      const tool = tools.find((candidate) => candidate.definition.name === call.name);
      const outcome = await tool!.run(call.arguments ?? {}, { signal, idempotencyKey: 'k', log: () => undefined }).then(
        ({ value }) => ({ text: JSON.stringify(value), isError: false }),
        (thrown: Error) => ({ text: thrown.message, isError: true }),
      );
      messages.push({ role: 'tool', callId: call.id, name: call.name, ...outcome });
    }
  }
}

it('briefs on the files that are really there, quoting them', async () => {
  await writeFile(join(workspace, 'looms.md'), '# Looms of Lyon\n\nJacquard showed his loom in 1801. Nobody cheered.\n');
  await writeFile(join(workspace, 'wages.txt'), 'Wages fell by 12 % that year.');
  await writeFile(join(workspace, 'photo.png'), 'not text');
  const { answer, toolsUsed } = await converse('Brief me');
  expect(toolsUsed).toEqual(['list_files', 'read_file', 'read_file']);
  for (const fact of ['# Brief of 2 files', 'Looms of Lyon', 'Jacquard showed his loom in 1801.', '1801', 'wages.txt', '12 %'])
    expect(answer.text).toContain(fact);
});

it('says so when there is nothing to read', async () => {
  expect((await converse('Brief me')).answer.text).toContain('no Markdown or text files');
});

it('says so when the tool refuses', async () => {
  await rm(workspace, { recursive: true });
  expect((await converse('Brief me')).answer.text).toContain('refused');
});

it('answers anything else with what it was asked', async () => {
  expect((await converse('Why is the sky blue?', false)).answer.text).toContain('Why is the sky blue?');
});
