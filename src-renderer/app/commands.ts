/** Something that the user can do by name, by key and from the palette. */
export interface Command {
  /** `noun.verb` */
  readonly id: string;
  /** As the palette shows it: a short imperative. */
  readonly title: string;
  readonly group: 'Run' | 'Workflow' | 'View' | 'Settings' | 'Help';
  /** A chord such as `Mod+Shift+K`, where Mod is Ctrl, or ⌘ on a Mac. */
  readonly keys?: string;
  /** Whether it makes sense right now; when not, its key does nothing and the palette leaves it out. */
  readonly when?: () => boolean;
  readonly run: () => void | Promise<void>;
}

const commands = new Map<string, Command>();
let reportFailure: (thrown: unknown) => void = (thrown) => {
  throw thrown;
};

/** Adds commands to the one registry. Throws on an id or chord that is taken: two answers to one key are a bug. */
export function registerCommands(added: readonly Command[]): void {
  for (const command of added) {
    if (commands.has(command.id)) throw new Error(`The command ${command.id} is there twice`);
    const rival = command.keys === undefined ? undefined : [...commands.values()].find((other) => other.keys === command.keys);
    if (rival !== undefined) throw new Error(`${command.keys} belongs to ${rival.id} and ${command.id}`);
    commands.set(command.id, command);
  }
}

/** Where a command that fails is reported. */
export function onCommandFailure(report: (thrown: unknown) => void): void {
  reportFailure = report;
}

/** Every command, in order of registration. */
export function listCommands(): readonly Command[] {
  return [...commands.values()];
}

/** True when the command exists and makes sense right now. */
export function canRun(id: string): boolean {
  const command = commands.get(id);
  return command !== undefined && (command.when?.() ?? true);
}

/** The chord of a command, for the hint beside its button. */
export function keysOf(id: string): string | undefined {
  return commands.get(id)?.keys;
}

/** Does it, if it makes sense right now. */
export function runCommand(id: string): void {
  const command = commands.get(id);
  if (command === undefined || !(command.when?.() ?? true)) return;
  try {
    Promise.resolve(command.run()).catch(reportFailure);
  } catch (thrown) {
    reportFailure(thrown);
  }
}

/** The command that this chord stands for now. */
export function findCommandByKeys(keys: string): Command | undefined {
  return [...commands.values()].find((command) => command.keys === keys && (command.when?.() ?? true));
}
