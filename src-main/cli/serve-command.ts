import { type Command, commonOptions, readCommandConfiguration } from './command.ts';
import { exitCodes } from './exit-codes.ts';

/** `heddle serve`: the host with its API and the studio, until Ctrl-C. */
export const serveCommand: Command = {
  usage: 'heddle serve [--workspace DIR] [--port N] [--token TEXT] [--read-only] [--json]',
  summary: 'serve the studio and the API on 127.0.0.1',
  help: `Prints the address with its token. With --json, one line {"type":"ready","url",…} when it serves.

  --port N      the port; any free one when left out
  --token TEXT  instead of the token of this installation
  --read-only   look at a workspace that another Heddle has open`,
  positionals: [],
  options: { ...commonOptions, port: { type: 'string' }, token: { type: 'string' }, 'read-only': { type: 'boolean' } },
  run: async (args, context) => {
    const { serve } = await import('../host/serve.ts');
    const configuration = await readCommandConfiguration(args, context);
    await new Promise<void>((resolve, reject) => {
      serve(configuration, {
        saysJson: args.isSet('json') || context.env.HEDDLE_READY_JSON === '1',
        write: context.output.line,
        onClosed: resolve,
      }).catch(reject);
    });
    return exitCodes.succeeded;
  },
};
