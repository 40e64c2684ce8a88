import { liveItems } from './live-items.ts';
import { endOf, procedures } from './procedures.ts';

const { deadLetter } = procedures;

/** What finally failed. */
export const deadLetterHandlers = deadLetter.router({
  list: deadLetter.list.handler(({ input, context }) => [...context.services.deadLetters.list(input.withHandled)]),
  watch: deadLetter.watch.handler(({ input, signal, context: { services } }) =>
    liveItems(
      (wake) => services.deadLetters.onChange(wake),
      () => [[...services.deadLetters.list(input.withHandled)]],
      endOf(signal, services),
    ),
  ),
  dismiss: deadLetter.dismiss.handler(async ({ input: { id, by, reason }, context }) => {
    await context.services.deadLetters.dismiss(id, by, reason);
    return {};
  }),
  rerun: deadLetter.rerun.handler(({ input: { id, by, startedBy }, context }) => context.services.deadLetters.rerun(id, by, startedBy)),
});
