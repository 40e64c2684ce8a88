/** The service that Restate calls: a chain of durable steps, each writing one value. Says when it listens on the port it is given. */
import * as restate from '@restatedev/restate-sdk';

const port = Number(process.argv[2]);
const chain = restate.service({
  name: 'chain',
  handlers: {
    run: async (context: restate.Context, steps: number) => {
      let value = 'start';
      for (let step = 1; step <= steps; step += 1) {
        const before = value;
        value = await context.run(`n${step}`, () => `${before}.`.slice(-50));
      }
      return value;
    },
  },
});

await restate.serve({ services: [chain], port });
console.log('listening');
