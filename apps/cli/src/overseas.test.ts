/** A person leaves Japan in a running server: the residence record dies, the supplementary register finds her. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database, startCluster } from '@ishizue/db';
import { commandLine } from './command-line-for-test.ts';
import { openedDataForTest, startServer } from './started-for-test.ts';

const KIYOSE = '132217';
const KAMAKURA = '142042';
const RESIDENT = [
  ['resident_number', '1'],
  ['household_number', '1'],
  ['relationship', '世帯主'],
  ['name', '髙石　遥'],
  ['name_kana', 'タカイシ　ハルカ'],
  ['birth_date', '1991-07-14'],
  ['sex', '2'],
  ['town', '元町一丁目'],
  ['lot', '4番5号'],
  ['domicile', '神奈川県鎌倉市御成町18番'],
  ['family_register_head', '髙石　正樹'],
  ['became_resident_on', '2016-03-28'],
  ['address_fixed_on', '2016-03-28'],
] as const;

const csvOf = (...rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.join()}\r\n`).join('');

test('who moves overseas is found at the national site, and her number is nowhere in the supplementary register', async (t) => {
  const data = await openedDataForTest(t);
  writeFileSync(path.join(data, 'country.json'), JSON.stringify({ municipalities: [KIYOSE, KAMAKURA] }));
  const { server, origin } = await startServer(t, data);
  const { run } = commandLine(t, data);
  const act = async (site: string, place: string, body: object): Promise<{ status: number; told: Told }> => {
    const answered = await fetch(`${origin}/${site}/${place}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.get(site) ?? ''}` },
      body: JSON.stringify(body),
    });
    return { status: answered.status, told: (await answered.json()) as Told };
  };
  const tokens = new Map<string, string>();
  for (const [site, role] of [
    [`municipal/${KIYOSE}`, 'registrar'],
    [`municipal/${KAMAKURA}`, 'registrar'],
    ['national', 'identity-reader'],
    ['prefectural/14', 'identity-reader'],
  ] as const) {
    const { told } = await run('operator', 'add', '--site', site, '--name', '担当', '--role', role);
    const { told: session } = await act(site, 'operator-sessions', {
      operator: told.operator,
      secret: told.secret,
    });
    tokens.set(site, session.token ?? '');
  }

  const register = path.join(data, 'register.csv');
  writeFileSync(
    register,
    csvOf(
      RESIDENT.map(([name]) => name),
      RESIDENT.map(([, value]) => value),
    ),
  );
  assert.equal((await run('import', register, '--municipality', KIYOSE)).code, 0);
  const person = { name: '髙石　遥', birthDate: '1991-07-14', terminal: 't-1' };
  let found = await act(`municipal/${KIYOSE}`, 'residents/search', person);
  for (let tries = 0; !found.told.individualNumber && tries < 200; tries++) {
    await sleep(50);
    found = await act(`municipal/${KIYOSE}`, 'residents/search', person);
  }
  const { residentCode = '' } = found.told;
  const individualNumber = found.told.individualNumber ?? '';
  assert.match(individualNumber, /^\d{12}$/);

  const entries = path.join(data, 'entries.csv');
  const columns =
    'resident_code,family_register,family_register_head,name,birth_date,sex,overseas,address,address_fixed_on';
  const entry = [residentCode, '神奈川県鎌倉市御成町18番', '髙石　正樹', '髙石　遥', '1991-07-14', '2', ''];
  const sound = [...entry, '東京都清瀬市元町一丁目4番5号', '2016-03-28'];
  const wrong = ['1234', ...sound.slice(1)];
  writeFileSync(entries, csvOf([columns], sound, wrong));
  const load = ['overseas', 'load', entries, '--municipality', KAMAKURA] as const;
  const other = await run(...load, '--sha256', '0'.repeat(64));
  assert.deepEqual([other.code, other.told.failure.code], [2, 'checksum-differs']);
  const loaded = await run(...load);
  const { sha256, rejectFile, ...counts } = loaded.told;
  assert.deepEqual([loaded.code, counts], [1, { read: 2, loaded: 1, unchanged: 0, rejected: 1 }]);
  assert.equal(rejectFile, `${entries}.rejects.csv`);
  assert.equal((await run(...load, '--sha256', sha256)).told.unchanged, 1);
  assert.deepEqual((await run('overseas', 'find', residentCode)).told.failure.code, 'not-an-overseas-mover');

  const left = await act(`municipal/${KIYOSE}`, 'events', {
    requestId: 'overseas-1',
    terminal: 't-1',
    event: {
      reason: 'move-out',
      residentCode,
      eventDate: dayAgo(),
      destination: 'カナダ',
      abroad: true,
    },
  });
  assert.equal(left.status, 201, JSON.stringify(left.told));
  const look = { residentCode, affair: 'overseas-card', terminal: 't-1' };
  let seen = await act('national', 'overseas-movers/look-up', look);
  for (let tries = 0; seen.status !== 200 && tries < 200; tries++) {
    await sleep(50);
    seen = await act('national', 'overseas-movers/look-up', look);
  }
  const mover = { municipality: KAMAKURA, name: '髙石　遥', birthDate: '1991-07-14', sex: 2 };
  assert.deepEqual(seen.told, { residentCode, ...mover });
  assert.deepEqual((await act('prefectural/14', 'overseas-movers/look-up', look)).told, mover);
  assert.deepEqual((await run('overseas', 'find', residentCode)).told, { residentCode, ...mover });
  const refused = await act('national', 'overseas-movers/look-up', { ...look, affair: 'tax' });
  assert.deepEqual([refused.status, refused.told.code], [403, 'affair-not-permitted']);
  const record = { residentCode, terminal: 't-1' };
  const dead = await act(`municipal/${KIYOSE}`, 'residents/look-up', record);
  assert.deepEqual(
    [dead.status, dead.told.code],
    [409, 'resident-not-current'],
    'the residence record is dead',
  );
  const correction = { act: 'correct', residentCode, eventDate: dayAgo(), name: '髙石　はるか' };
  const corrected = await act(`municipal/${KAMAKURA}`, 'entry-acts', { terminal: 't-1', act: correction });
  assert.deepEqual([corrected.status, corrected.told.sequence], [201, 3]);
  const papers = await act(`municipal/${KIYOSE}`, 'paper-notices/take', { terminal: 't-1' });
  assert.deepEqual([papers.status, papers.told.notices], [200, []]);
  assert.deepEqual((await run('links')).told.tickets, []);
  const equal = await run('overseas', 'compare', '--municipality', KAMAKURA);
  const tally = { toldEntries: 1, heldEntries: 1, isEqual: true };
  assert.deepEqual(equal, {
    code: 0,
    told: {
      compared: ['prefectural/14', 'national'].map((site) => ({ site, municipality: KAMAKURA, tally })),
    },
  });

  assert.notEqual(await rowsWith(data, residentCode), 0, 'the search finds what is there');
  assert.equal(await rowsWith(data, individualNumber), 0);
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});

interface Told {
  readonly code?: string;
  readonly token?: string;
  readonly residentCode?: string;
  readonly individualNumber?: string | null;
  readonly sequence?: number;
  readonly notices?: readonly unknown[];
}

const dayAgo = (): string => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

/** In how many rows of schema overseas a text stands, in whatever column. */
async function rowsWith(data: string, text: string): Promise<number> {
  const cluster = await startCluster({ home: path.join(data, 'postgres') }); // adopts the one that runs
  const database = new Database({ server: cluster.address, name: 'ishizue', owners: [], roleSecret: '' });
  const superuser = database.superuser();
  const tables = await superuser`SELECT tablename FROM pg_tables WHERE schemaname = 'overseas'`;
  const counts = await Promise.all(
    tables.map(async ({ tablename }) => {
      const table = superuser(`overseas.${String(tablename)}`);
      const [row] =
        await superuser`SELECT count(*) AS count FROM ${table} r WHERE strpos(r::text, ${text}) > 0`;
      return Number(row?.['count']);
    }),
  );
  await superuser.end();
  cluster.leave();
  return counts.reduce((sum, count) => sum + count, 0);
}
