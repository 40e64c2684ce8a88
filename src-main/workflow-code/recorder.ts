/**
 * The builder as the sandbox has it, as text because it runs there and not here, in one line so that the lines of errors are the author's.
 * It knows nothing of workflows: whatever method is called on it is written down, with the line and column of the call; `buildContent` makes
 * sense of that. `skip` is the length of all that we put in front of the author's first line.
 */
const source = `
const heddle = (() => {
const made = []; const callsOf = new WeakMap(); const { parse, stringify } = JSON; let count = 0; let chosen;
const place = (skip) => { for (const found of String(new Error().stack).matchAll(/heddle-script\\.js:(\\d+):(\\d+)/g)) {
const line = Number(found[1]); const column = Number(found[2]) - (line === 1 ? skip : 0); if (column > 0) return [line, column]; } return [1, 1]; };
const record = (calls, method, args) => { count += 1; if (count > 50000) throw new Error('The code makes more than 50000 calls.');
const given = [...args]; while (given.length > 0 && given[given.length - 1] === undefined) given.pop();
const [line, column] = place(SKIP); calls.push({ method, args: parse(stringify(given)), line, column }); };
const workflow = (...args) => { const calls = []; made.push(calls); record(calls, 'workflow', args);
const builder = new Proxy({}, { get: (_, name) => typeof name === 'symbol' || name === 'then' || name === 'toJSON' ? undefined : (...given) => { record(calls, name, given); return builder; } });
callsOf.set(builder, calls); return builder; };
globalThis.workflow = workflow;
return { workflow, set chosen(value) { chosen = [value]; }, end() {
if (chosen !== undefined) { const calls = callsOf.get(chosen[0]); if (calls === undefined) throw new Error('What is exported by default is no workflow: export what workflow(…) gives.'); return calls; }
if (made.length === 1) return made[0];
throw new Error(made.length === 0 ? 'The code builds no workflow: call workflow("name") and put its nodes behind it.' : 'The code builds ' + made.length + ' workflows: say which one by export default.'); } };
})(); `;

/** What goes before the author's code, on its first line. */
export const recorderPreamble = toOneLine(source);

/** What goes behind the author's code, on lines of its own: gives what was written down. */
export const recorderEnd = '\n;return heddle.end();';

function toOneLine(text: string): string {
  const line = text.trim().replaceAll(/\s*\n/g, ' ');
  // The number stands in the text whose length it is: four digits, as the word that it replaces has letters.
  return `${line.replace('SKIP', String(line.length + 1).padStart(4, ' '))} `;
}
