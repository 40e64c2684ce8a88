import { createStep, createWorkflow } from '@mastra/core/workflows';
import { z } from 'zod';

/** A chain of `steps` steps, each writing one value, without storage. Gives the time of one run in milliseconds. */
export async function timeChain(steps: number): Promise<number> {
  const schema = z.object({ value: z.string() });
  const workflow = createWorkflow({ id: `chain-${steps}`, inputSchema: schema, outputSchema: schema });
  for (let step = 1; step <= steps; step += 1) {
    workflow.then(
      createStep({
        id: `n${step}`,
        inputSchema: schema,
        outputSchema: schema,
        execute: async ({ inputData }) => ({ value: `${inputData.value}.`.slice(-50) }),
      }),
    );
  }
  workflow.commit();
  const begin = performance.now();
  const run = await workflow.createRun();
  const result = await run.start({ inputData: { value: 'start' } });
  const ms = performance.now() - begin;
  if (result.status !== 'success') throw new Error(`The run of the peer ended: ${result.status}`);
  return ms;
}
