/** What the duty officer does about the tiers and the agencies, beside a server of a small register. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { signSiteRequest } from '@ishizue/access';
import { systemClock } from '@ishizue/clock';
import { Database, type Sql, startCluster } from '@ishizue/db';
import { commandLine } from './command-line-for-test.ts';
import { openedDataForTest, startServer, startVerb } from './started-for-test.ts';

const CODE = '132217';

test('a difference that was planted is found and mended; a registered agency is answered, and refused once suspended', async (t) => {
  const data = await openedDataForTest(t);
  const { server, origin } = await startServer(t, data);
  const { run } = commandLine(t, data);
  const register = path.join(data, 'register.csv');
  for (const verb of [
    ['generate', '--municipality', CODE, '--people', '60', '--out', register],
    ['import', register, '--municipality', CODE],
  ])
    assert.equal((await startVerb(t, data, verb).ended).code, 0);
  const equal = await run('reconcile', CODE);
  assert.deepEqual(
    equal.told.tiers.map(({ persons, digestsMoved, differences }: Tier) => [
      persons,
      digestsMoved,
      differences,
    ]),
    [
      [60, 1, []],
      [60, 1, []],
    ],
  );
  assert.equal(equal.code, 0);

  const { residentCode, name } = await plantDifference(data);
  const found = await run('reconcile', CODE);
  assert.equal(found.code, 1);
  assert.deepEqual(
    found.told.tiers.map(({ differences }: Tier) => differences.map((one) => one.residentCode)),
    [[residentCode], [residentCode]],
  );
  const mended = await run('reconcile', CODE, '--repair');
  assert.deepEqual([mended.code, mended.told.tiers[0].repaired], [0, 1]);
  assert.equal((await run('reconcile', '131016')).told.failure.code, 'municipality-unknown');

  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = path.join(data, 'agency.pem');
  writeFileSync(key, publicKey.export({ type: 'spki', format: 'pem' }));
  const ask = async (): Promise<readonly unknown[]> => {
    const url = new URL('/national/provision/queries', origin);
    const body = Buffer.from(
      JSON.stringify({
        row: '1-2',
        affair: 'annex-1-1-2',
        items: ['name'],
        caseNumber: 'case-1',
        person: { residentCode },
      }),
    );
    const signer = {
      keyId: 'agency/bank',
      clock: systemClock,
      sign: (base: Buffer) => sign(null, base, privateKey),
    };
    const headers = await signSiteRequest({ method: 'POST', url, body }, signer);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    const { name: given, code } = (await answer.json()) as { readonly name?: string; readonly code?: string };
    return [answer.status, given ?? code];
  };
  const add = ['agency', 'add', 'agency/bank', '--title', '預金保険機構', '--key', key, '--rows'];
  assert.equal((await ask())[0], 401);
  assert.deepEqual((await run(...add, '999')).told.failure.code, 'annex-row-unknown');
  assert.equal((await run(...add, '1-2')).code, 0);
  assert.deepEqual(await ask(), [200, name]);
  assert.equal((await run('agency', 'suspend', 'agency/bank')).code, 0);
  assert.deepEqual(await ask(), [403, 'agency-suspended']);
  assert.equal((await run('agency', 'suspend', 'agency/nobody')).told.failure.code, 'agency-unknown');

  const dueOf = async (...wish: readonly string[]): Promise<readonly unknown[]> => {
    const { told } = await run('retention', '--site', 'national', ...wish);
    assert.deepEqual(
      told.cases.map(({ procedure, kept, destroyed }: Cases) => [procedure, kept, destroyed]),
      [
        ['card-application', 0, []],
        ['verifier-registration', 0, []],
        ['identity-disclosure', 0, []],
      ],
    );
    return told.records.map(({ table, due, deleted }: Due) => [table, due, deleted]);
  };
  const ofOverseas = ['overseas.national_person', 0, 0];
  await asSuperuser(
    data,
    (superuser) => superuser`
      UPDATE registry.national_person SET status = 'deceased', retained_until = '2020-01-01'
      WHERE resident_code = ${residentCode}`,
  );
  assert.deepEqual(await dueOf('--delete'), [['registry.national_person', 1, 1], ofOverseas]);
  assert.deepEqual(await dueOf(), [['registry.national_person', 0, 0], ofOverseas]);
  assert.equal((await run('retention', '--site', 'national/1')).told.failure.code, 'site-unknown');
  const due = await startVerb(t, data, ['card', 'due', '--municipality', CODE]).ended;
  assert.deepEqual(
    [due.code, due.stdout],
    [0, 'dueOn,what,residentCode,cardId,changedOn,noticedOn,isLate,afterwards\r\n'],
  );
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});

interface Cases {
  readonly procedure: string;
  readonly kept: number;
  readonly destroyed: readonly unknown[];
}

interface Tier {
  readonly persons: number;
  readonly digestsMoved: number;
  readonly differences: readonly { readonly residentCode: string }[];
}

interface Due {
  readonly table: string;
  readonly due: number;
  readonly deleted: number;
}

/** Changes a person at the prefecture behind its back; answers who it is, under the name that is right. */
async function plantDifference(
  data: string,
): Promise<{ readonly residentCode: string; readonly name: string }> {
  return asSuperuser(data, async (superuser) => {
    const [person] = await superuser<{ residentCode: string; name: string }[]>`
      SELECT resident_code AS "residentCode", name FROM registry.prefectural_person LIMIT 1`;
    if (!person) throw new Error('nobody is at the prefecture');
    await superuser`
      UPDATE registry.prefectural_person SET name = '別人' WHERE resident_code = ${person.residentCode}`;
    return person;
  });
}

async function asSuperuser<T>(data: string, work: (superuser: Sql) => Promise<T>): Promise<T> {
  const cluster = await startCluster({ home: path.join(data, 'postgres') }); // adopts the one that runs
  const database = new Database({ server: cluster.address, name: 'ishizue', owners: [], roleSecret: '' });
  const superuser = database.superuser();
  const done = await work(superuser);
  await superuser.end();
  cluster.leave();
  return done;
}
