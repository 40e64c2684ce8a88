import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { Annotation, END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';

/** A chain of `steps` nodes, each writing one value, with LangGraph's SQLite saver. Gives the time of one run in milliseconds. */
export async function timeChain(steps: number): Promise<number> {
  return withSaver(async (saver) => {
    const app = toChain(steps).compile({ checkpointer: saver });
    const begin = performance.now();
    await app.invoke({ value: 'start' }, { configurable: { thread_id: 't' }, recursionLimit: steps + 10 });
    return { ms: performance.now() - begin };
  }).then(({ ms }) => ms);
}

/** The same chain without a checkpointer: nothing is kept. */
export async function timeChainInMemory(steps: number): Promise<number> {
  const app = toChain(steps).compile();
  const begin = performance.now();
  await app.invoke({ value: 'start' }, { recursionLimit: steps + 10 });
  return performance.now() - begin;
}

/** `sessions` runs of a chain side by side, without a checkpointer. Gives the time from the first start to the last end in milliseconds. */
export async function timeSessionsInMemory(sessions: number, steps: number): Promise<number> {
  const app = toChain(steps).compile();
  const begin = performance.now();
  await Promise.all(Array.from({ length: sessions }, () => app.invoke({ value: 'start' }, { recursionLimit: steps + 10 })));
  return performance.now() - begin;
}

function toChain(steps: number) {
  const State = Annotation.Root({ value: Annotation<string> });
  const graph = new StateGraph(State);
  for (let step = 1; step <= steps; step += 1)
    graph.addNode(`n${step}`, async (state: { value: string }) => ({ value: `${state.value}.`.slice(-50) }));
  graph.addEdge(START, 'n1' as never);
  for (let step = 1; step < steps; step += 1) graph.addEdge(`n${step}` as never, `n${step + 1}` as never);
  graph.addEdge(`n${steps}` as never, END);
  return graph;
}

/** An agent loop that calls one tool `calls` times, one call a turn, in one thread. Gives milliseconds and the bytes of its database. */
export async function timeToolThread(calls: number): Promise<{ ms: number; bytes: number }> {
  return withSaver(async (saver) => {
    let asked = 0;
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', async () => {
        asked += 1;
        return {
          messages: [
            asked <= calls
              ? new AIMessage({ content: '', tool_calls: [{ id: `call-${asked}`, name: 'look', args: { at: asked } }] })
              : new AIMessage('done'),
          ],
        };
      })
      .addNode('tool', async (state) => {
        const last = state.messages.at(-1) as AIMessage;
        const call = last.tool_calls?.[0];
        return { messages: [new ToolMessage({ tool_call_id: call?.id ?? '', content: `seen ${String(call?.args.at)}` })] };
      })
      .addEdge(START, 'model')
      .addConditionalEdges('model', (state) => ((state.messages.at(-1) as AIMessage).tool_calls?.length ? 'tool' : END))
      .addEdge('tool', 'model');
    const app = graph.compile({ checkpointer: saver });
    const begin = performance.now();
    await app.invoke({ messages: [new HumanMessage('go')] }, { configurable: { thread_id: 't' }, recursionLimit: 3 * calls });
    return { ms: performance.now() - begin };
  });
}

async function withSaver(work: (saver: SqliteSaver) => Promise<{ ms: number }>): Promise<{ ms: number; bytes: number }> {
  const folder = mkdtempSync(join(process.env.HEDDLE_BENCH_FOLDER ?? tmpdir(), 'langgraph-'));
  try {
    const saver = SqliteSaver.fromConnString(join(folder, 'checkpoints.db'));
    const { ms } = await work(saver);
    saver.db.close();
    const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    return { ms, bytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
