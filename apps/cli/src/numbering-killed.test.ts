/** A change of a number and kill -9: docs/flows/numbering.md step 3. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { commandLine } from './command-line-for-test.ts';
import { EVIDENCE, postJson, until } from './numbering-for-test.ts';
import { openedDataForTest, startServer } from './started-for-test.ts';

const CODE = '132217';

test('killed right after a change was asked for, the next start makes it, once', async (t) => {
  const data = await openedDataForTest(t);
  const started = () => startServer(t, data);
  const first = await started();
  const commands = commandLine(t, data);
  const run = async (...verb: readonly string[]) => (await commands.run(...verb)).told;
  const post = async (origin: string, place: string, body: object, token?: string) =>
    (await postJson(`${origin}/municipal/${CODE}${place}`, body, token)).told;
  const added = await run(
    'operator',
    'add',
    '--site',
    `municipal/${CODE}`,
    '--name',
    'x',
    '--role',
    'registrar',
  );
  const { token } = await post(first.origin, '/operator-sessions', {
    operator: added.operator,
    secret: added.secret,
  });
  const register = path.join(data, 'register.csv');
  await run('generate', '--municipality', CODE, '--people', '3', '--out', register);
  await run('import', register, '--municipality', CODE);
  const recorded = async (kind: string): Promise<number> => {
    const { requests } = await run('numbering', 'statistics');
    return requests.find((one: Count) => one.kind === kind && one.state === 'recorded')?.count ?? 0;
  };
  await until(async () => (await recorded('first')) >= 3);
  const name = firstNameOf(readFileSync(register, 'utf8'));
  const person = await post(first.origin, '/residents/search', { ...name, terminal: 't-1' }, token);
  const { residentCode, individualNumber } = person;
  const order = {
    kind: 'replacement',
    requestId: 'change-0001',
    residentCode,
    basis: 'ex-officio',
    evidence: EVIDENCE,
  };
  assert.equal(
    (await post(first.origin, '/number-orders', { order, terminal: 't-1' }, token)).state,
    'asked',
  );
  first.server.signalGroup('SIGKILL');
  await first.server.ended;
  const second = await started();
  await until(async () => (await recorded('replacement')) === 1);
  const again = await post(second.origin, '/residents/search', { ...name, terminal: 't-1' }, token);
  assert.notEqual(again.individualNumber, individualNumber);
  const { numbers, replaced } = await run('numbering', 'statistics');
  assert.deepEqual([numbers, replaced], [4, 1]);
  second.server.signalGroup('SIGINT');
  assert.equal((await second.server.ended).code, 0);
});

interface Count {
  readonly kind: string;
  readonly state: string;
  readonly count: number;
}

/** Name and birth date of the first row of a register file without quotation marks. */
function firstNameOf(file: string): { readonly name: string; readonly birthDate: string } {
  const [header = '', row = ''] = file.replace(/^\uFEFF/, '').split('\r\n');
  const column = (name: string): string => row.split(',')[header.split(',').indexOf(name)] ?? '';
  return { name: column('name'), birthDate: column('birth_date') };
}
