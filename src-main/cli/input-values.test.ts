import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Field } from '#shared/nodes/field.ts';
import { UsageError } from './exit-codes.ts';
import { readInputs } from './input-values.ts';

const fields: readonly Field[] = [
  { name: 'title', type: 'string' },
  { name: 'limit', type: 'number' },
  { name: 'rows', type: 'array' },
  { name: 'where', type: 'folder' },
  { name: 'extra', type: 'any' },
];
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-inputs-'));
  writeFileSync(join(folder, 'rows.json'), '[1, 2]');
  writeFileSync(join(folder, 'text.md'), '# hi');
  writeFileSync(join(folder, 'bad.json'), '[1,');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the field decides how a value is read', async () => {
  const given = ['title=42', 'limit=4.5', 'rows=["a"]', 'where=notes=old', 'extra=plain words'];
  expect(await readInputs(given, fields, folder)).toEqual({
    title: '42',
    limit: 4.5,
    rows: ['a'],
    where: 'notes=old',
    extra: 'plain words',
  });
  expect(await readInputs(['extra={"a":1}', 'title='], fields, folder)).toEqual({ extra: { a: 1 }, title: '' });
});

test('@ takes the value from a file, parsed when it is JSON', async () => {
  expect(await readInputs(['rows=@rows.json', 'title=@text.md'], fields, folder)).toEqual({ rows: [1, 2], title: '# hi' });
});

test.each(['noname', '=x', 'unknown=1', 'limit=many', 'rows=@bad.json', 'title=@missing.txt'])('%s is wrong usage', async (entry) => {
  await expect(readInputs([entry], fields, folder)).rejects.toBeInstanceOf(UsageError);
});
