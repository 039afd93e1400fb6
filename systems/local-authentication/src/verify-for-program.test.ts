/** What municipalities' programs are told of signed challenges, with real certificates on real PostgreSQL. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { changeVerifier, revokeCertificates } from '@ishizue/jpki';
import { officer as centreOfficer, makeCardKey } from '@ishizue/jpki/testing';
import { fail, mustSucceed } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import {
  type Holder,
  officer,
  programKey,
  signed,
  type TestLocal,
  testLocal,
  withDesk,
} from './local-for-test.ts';
import { changeProgram, registerProgram } from './programs/change-program.ts';
import { programSite } from './programs/program-store.ts';
import { openChallenge, verifyForProgram } from './verify-for-program.ts';

const ELEVEN_YEARS_MS = 11 * 366 * 86_400_000;
const PSEUDONYM = /^[a-z]{28}$/;

test('a municipality verifies for its programs', async (t) => {
  const local = await testLocal(t);
  const sql = local.jpki.country.database.superuser();
  t.after(() => sql.end());
  await t.test(
    'what holds is valid; everything that does not is refused by its own code, and each is an entry',
    () => refusals(local, sql),
  );
  await t.test(
    'a challenge is for the program that asked, two minutes, and once, however many try at the same time',
    () => challenges(local),
  );
  await t.test('a suspended program is told nothing more, at once; ended ones never again', () =>
    suspensions(local),
  );
  await t.test(
    'a pseudonym survives renewals and another card, is another one elsewhere, and no table leads back',
    () => pseudonyms(local, sql),
  );
  await t.test('without links there is no pseudonym for a new certificate, and none is guessed', () =>
    missingLinks(local, sql),
  );
});

async function refusals(local: TestLocal, sql: Sql) {
  const { jpki, context, told } = local;
  const holder = await local.holder();
  const { residentCode } = holder;
  const pseudonym = await told(holder);
  assert.match(pseudonym ?? '', PSEUDONYM);
  const [mine] = holder.certificates;
  assert.ok(mine);
  const forSignature = await jpki.issue({ residentCode, kind: 'signature' });
  const wrong: readonly (readonly [Parameters<typeof told>[1], string])[] = [
    [{ changes: { certificate: randomBytes(100) } }, 'certificate-malformed'],
    [{ changes: { certificate: forSignature.certificate } }, 'certificate-of-another-kind'],
    [{ context: withDesk(context, { authorities: async () => [] }) }, 'certificate-not-trusted'],
    [{ changes: { signature: signed('another statement') } }, 'challenge-signature-invalid'],
    [{ changes: { signature: randomBytes(256) } }, 'challenge-signature-invalid'],
    [{ changes: { kind: 'phone-authentication' } }, 'certificate-of-another-kind'],
    [
      { context: { ...context, clock: { now: () => context.clock.now() + ELEVEN_YEARS_MS } } },
      'certificate-expired',
    ],
    [{ changes: { challenge: randomUUID() } }, 'challenge-unknown'],
    [{ program: 'nobody' }, 'program-unknown'],
    [{ context: withDesk(context, { status: async () => randomBytes(40) }) }, 'answer-refused'],
  ];
  for (const [wish, code] of wrong) assert.equal(await told(holder, wish), code);
  const names = [{ kind: 'authentication' as const, serial: mine.serial }];
  mustSucceed(await revokeCertificates(jpki.context, testAccess, names, 'keyCompromise'), 'revoke');
  assert.equal(await told(holder), 'certificate-revoked');

  const subject = context.pseudonyms.of(`municipal/${KIYOSE}`, `local pseudonym ${pseudonym}`);
  const rows = await sql<{ line: string }[]>`
    SELECT concat_ws(' ', actor_kind, actor, result, subject = ${subject}) AS line FROM ledger.entry
    WHERE affair = 'local-authentication' ORDER BY tx`;
  assert.deepEqual(
    rows.map(({ line }) => line.replace(`site program/${KIYOSE}/`, '')),
    [
      'lunch ok t',
      ...wrong.map(
        ([wish, code]) => `${wish?.program ?? 'lunch'} ${code}${code === 'answer-refused' ? ' t' : ''}`,
      ),
      'lunch certificate-revoked t',
    ],
  );
}

async function challenges(local: TestLocal) {
  const { context, jpki } = local;
  const holder = await local.holder();
  const certificate = holder.certificates[0]?.certificate ?? Buffer.alloc(0);
  const callOf = (municipality: string, program: string) => ({
    municipality,
    site: programSite(municipality, program),
    correlation: 'a-request',
  });
  const lunch = callOf(KIYOSE, 'lunch');
  const open = async () => mustSucceed(await openChallenge(context, lunch), 'a challenge');
  const tryAs = async (call: typeof lunch, { challenge, statement }: Awaited<ReturnType<typeof open>>) => {
    const proof = { challenge, kind: 'authentication' as const, certificate, signature: signed(statement) };
    const verified = await verifyForProgram(context, call, { ...proof, withPseudonym: true });
    return verified.ok ? 'ok' : verified.failure.code;
  };
  const opened = await open();
  assert.match(opened.statement, /東京都清瀬市 \(132217\)\nプログラム \/ Program: lunch\n/);
  assert.equal(await tryAs(callOf(KIYOSE, 'library'), opened), 'challenge-unknown');
  assert.equal(await tryAs(callOf(KAMAKURA, 'lunch'), opened), 'challenge-unknown');
  assert.equal(
    await tryAs({ ...callOf(KAMAKURA, 'lunch'), municipality: KIYOSE }, opened),
    'program-unknown',
  );
  const tries = await Promise.all(Array.from({ length: 6 }, () => tryAs(lunch, opened)));
  assert.deepEqual(tries.sort(), [...Array.from({ length: 5 }, () => 'challenge-unknown'), 'ok']);
  const late = await open();
  jpki.country.clock.advance(120_000);
  assert.equal(await tryAs(lunch, late), 'challenge-unknown');
}

async function suspensions(local: TestLocal) {
  const { context, told } = local;
  const holder = await local.holder();
  const gym = { program: 'gym', publicKeyPem: programKey() };
  mustSucceed(await registerProgram(context, KIYOSE, officer, gym), 'a program');
  const asked = { program: 'gym' };
  const act = async (name: 'suspend' | 'restore' | 'end', program = 'gym') => {
    const done = await changeProgram(context, KIYOSE, officer, { program, act: name });
    return done.ok ? done.value : done.failure.code;
  };
  // suspended while the centre is asked: the answer is not given any more
  const suspending = withDesk(context, {
    links: async (...question) => {
      assert.equal(await act('suspend'), 'suspended');
      return context.desk.links(...question);
    },
  });
  assert.equal(await told(holder, { ...asked, context: suspending }), 'program-suspended');
  assert.equal(await told(holder, asked), 'program-suspended');
  assert.match((await told(holder, { program: 'library' })) ?? '', PSEUDONYM);
  assert.equal(await act('suspend'), 'program-state-refused');
  assert.equal(await act('restore'), 'active');
  assert.match((await told(holder, asked)) ?? '', PSEUDONYM);
  assert.equal(await act('end'), 'ended');
  assert.equal(await told(holder, asked), 'program-unknown');
  assert.equal(await act('restore'), 'program-state-refused');
  assert.equal(await act('end', 'nobody'), 'program-unknown');
  const register = async (program: string, publicKeyPem: string) => {
    const done = await registerProgram(context, KIYOSE, officer, { program, publicKeyPem });
    return done.ok ? 'ok' : done.failure.code;
  };
  const pem = programKey();
  assert.equal(await register('Lunch', pem), 'program-name-invalid');
  assert.equal(await register('lunch', pem), 'program-known');
  assert.equal(await register('dinner', 'no key'), 'program-key-unsuitable');
  assert.equal(await register('dinner', rsaKey()), 'program-key-unsuitable');
  assert.equal(await register('dinner', pem), 'ok');
  assert.equal(await register('supper', pem), 'program-known');
  const nameless = await changeProgram(
    context,
    KIYOSE,
    { ...officer, purpose: ' ' },
    { program: 'dinner', act: 'end' },
  );
  assert.equal(nameless.ok ? 'ok' : nameless.failure.code, 'purpose-missing');
}

const rsaKey = (): string =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.from(makeCardKey().publicKey).toString('base64')}\n-----END PUBLIC KEY-----\n`;

async function pseudonyms(local: TestLocal, sql: Sql) {
  const { context, told } = local;
  const [holder, other] = [await local.holder(), await local.holder()];
  const pseudonym = await told(holder);
  assert.equal(await told(holder, { program: 'library' }), pseudonym);
  const elsewhere = await told(holder, { municipality: KAMAKURA });
  const second = await told(other);
  assert.equal(new Set([pseudonym, elsewhere, second]).size, 3);
  await local.renew(holder);
  assert.equal(await told(holder, { place: 0 }), 'certificate-revoked');
  await local.renew(holder); // nobody saw the one in between
  assert.equal(await told(holder), pseudonym);
  assert.equal(await told(holder, { municipality: KAMAKURA }), elsewhere);
  await local.renew(holder, 'card-another');
  assert.equal(await told(holder), pseudonym);
  // asked about before it was renewed, enrolled after what renewed it
  const slow = await local.holder();
  let newest: string | undefined;
  const overtaken = withDesk(context, {
    links: async (...question) => {
      const links = await context.desk.links(...question);
      await local.renew(slow);
      newest = await told(slow);
      return links;
    },
  });
  assert.equal(await told(slow, { context: overtaken }), newest);
  const without = await local.verify(other, { changes: { withPseudonym: false } });
  assert.equal(mustSucceed(without, 'without').pseudonym, undefined);

  const [dump] = await sql<{ text: string }[]>`
    SELECT concat((SELECT json_agg(e) FROM local_authentication.municipal_enrolment e),
      (SELECT json_agg(c) FROM local_authentication.municipal_challenge c),
      (SELECT json_agg(l) FROM ledger.entry l WHERE site LIKE 'municipal/%' AND affair = 'local-authentication')) AS text`;
  for (const { residentCode, certificates } of [holder, other]) {
    const subject = context.pseudonyms.of(`municipal/${KIYOSE}`, residentCode).toString('hex');
    for (const secret of [residentCode, subject, ...certificates.map(({ serial }) => serial)])
      assert.ok(dump && !dump.text.includes(secret), 'a table leads to the person');
  }
  const shared = await sql`
    SELECT FROM local_authentication.municipal_enrolment a JOIN local_authentication.municipal_enrolment b
    USING (certificate) WHERE a.municipality_code <> b.municipality_code`;
  assert.equal(shared.length, 0);
}

async function missingLinks(local: TestLocal, sql: Sql) {
  const { jpki, context, told } = local;
  const [holder, other] = [await local.holder(), await local.holder()];
  const away = withDesk(context, { links: async () => fail('links-unavailable', 'away') });
  assert.equal(await told(holder, { context: away }), 'pseudonym-unavailable');
  assert.equal(await told(holder, { context: away, changes: { withPseudonym: false } }), undefined);
  const [pseudonym, second] = [await told(holder), await told(other)];
  assert.equal(
    await told(holder, { context: away }),
    pseudonym,
    'who is enrolled is known without the centre',
  );
  await local.renew(holder);
  mustSucceed(await changeVerifier(jpki.context, centreOfficer(), 'verifier/kiyose', 'suspend'), 'suspend');
  assert.equal(await told(holder), 'answer-refused', 'a suspended verifier is told no status either');

  // linked by mistake to certificates with two pseudonyms: a new one, and none of the old ones changes
  const free = await local.holder();
  const serialOf = ({ certificates }: Holder) => Number.parseInt(certificates[0]?.serial ?? '', 16);
  const kamakura = { municipality: KAMAKURA };
  const [first, next] = [await told(holder, kamakura), await told(other, kamakura)];
  const confused = withDesk(context, {
    links: async () => ({
      ok: true,
      value: [{ ok: true, value: { older: [serialOf(holder), serialOf(other)] } }],
    }),
  });
  const alone = await told(free, { ...kamakura, context: confused });
  assert.match(alone ?? '', PSEUDONYM);
  const [entry] = await sql<{ fields: string[] }[]>`
    SELECT fields FROM ledger.entry WHERE affair = 'local-authentication' ORDER BY tx DESC LIMIT 1`;
  assert.ok(entry?.fields.includes('links-ambiguous'));
  assert.equal(new Set([first, next, alone, pseudonym, second]).size, 5);
  assert.deepEqual([await told(other, kamakura), await told(free, kamakura)], [next, alone]);
  const unknown = withDesk(context, {
    links: async () => ({ ok: true, value: [fail('certificate-unknown', 'never handed out')] }),
  });
  const late = await local.holder();
  assert.equal(await told(late, { ...kamakura, context: unknown }), 'certificate-unknown');
}
