/** Keys from environment variables, read only: `HEDDLE_SECRET_<NAME>`, or the variable the provider's own tools use. */
export interface EnvironmentSecrets {
  get(name: string): string | undefined;
  names(): string[];
}

/** The keys of this environment. Empty variables count as missing. */
export function createEnvironmentSecrets(environment: Readonly<Record<string, string | undefined>>): EnvironmentSecrets {
  const read = (variable: string | undefined) => (variable === undefined ? undefined : environment[variable]?.trim() || undefined);
  return {
    get: (name) => read(toSecretVariable(name)) ?? read(customaryVariables.get(name.toLowerCase())),
    names: () => {
      const own = Object.keys(environment).filter(
        (variable) => variable.startsWith(prefix) && variable.length > prefix.length && read(variable) !== undefined,
      );
      const customary = [...customaryVariables].filter(([, variable]) => read(variable) !== undefined).map(([name]) => name);
      return [...new Set([...own.map((variable) => variable.slice(prefix.length).toLowerCase()), ...customary])].sort();
    },
  };
}

/** The variable that holds the key of this name. */
export function toSecretVariable(name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

const prefix = 'HEDDLE_SECRET_';
const customaryVariables: ReadonlyMap<string, string> = new Map([
  ['openai', 'OPENAI_API_KEY'],
  ['anthropic', 'ANTHROPIC_API_KEY'],
]);
