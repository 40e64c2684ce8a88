/** Where a command writes. Standard output carries results and nothing else. */
export interface Output {
  /** One line on standard output. */
  line(text: string): void;
  /** One JSON value as a line. */
  json(value: unknown): void;
  /** Text on standard error as it comes, without a line end. */
  progressText(text: string): void;
  /** One line on standard error. */
  note(text: string): void;
  /** True once the reader of standard output has gone (`heddle events … | head`). */
  isBroken(): boolean;
  /** Resolves when everything written is out. */
  flush(): Promise<void>;
}

/** Writes to the process. A reader that closed its pipe is not an error: what is written after that is dropped. */
export function createOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Output {
  let broken = false;
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    broken = true;
  };
  stdout.on('error', onError);
  stderr.on('error', onError);
  const write = (text: string): void => {
    if (!broken) stdout.write(text);
  };
  return {
    line: (text) => write(`${text}\n`),
    json: (value) => write(`${JSON.stringify(value)}\n`),
    progressText: (text) => void stderr.write(text),
    note: (text) => void stderr.write(`${text}\n`),
    isBroken: () => broken,
    flush: () => new Promise((resolve) => (broken ? resolve() : stdout.write('', () => resolve()))),
  };
}
