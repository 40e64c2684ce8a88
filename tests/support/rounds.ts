/**
 * How often a test of chance or size goes round: `few` times beside its file, where `npm run check` waits for it, `many` times in the fault
 * stage of `npm test`, which runs the files in `thoroughTests` of the Vitest configuration once more.
 */
export function rounds(few: number, many: number): number {
  return process.env.HEDDLE_ROUNDS === 'many' ? many : few;
}
