/** Ends an exhaustive switch: the compiler refuses a case that was forgotten, and a value that slipped past the types throws. */
export function assertNever(value: never): never {
  throw new Error(`Unreachable case: ${JSON.stringify(value)}`);
}
