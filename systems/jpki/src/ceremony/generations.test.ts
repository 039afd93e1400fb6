/** Generations of an authority under one name: made by two persons, issuing from a day, signing to the end, and ended. */
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fail, mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import {
  type Certificate,
  crlEntries,
  encodeCertId,
  encodeOcspRequest,
  encodePem,
  issuerHashes,
  parseCertificate,
  parseCrl,
  parseOcspResponse,
  verifyOcspResponse,
} from '@ishizue/x509';
import { Authorities } from '../authority/authorities.ts';
import { publishCrls } from '../crl/publish-crls.ts';
import { openPublished } from '../crl/published-lists.ts';
import type { JpkiContext, JpkiSigner } from '../jpki-context.ts';
import { createOcspAnswerer } from '../ocsp/answer-ocsp.ts';
import { checkSignature } from '../relying-party/check-signature.ts';
import { revokeCertificates } from '../revoke-certificates.ts';
import { testJpki } from '../testing/index.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import type { CeremonyOfficer } from './ceremony-act.ts';
import type { CeremonyPlan } from './ceremony-store.ts';
import { approveCeremony, isOurTranscript, proposeCeremony } from './decide-ceremony.ts';
import { hashOf } from './transcript.ts';
import { verifyTranscript } from './verify-transcript.ts';

const DAY_MS = 86_400_000;
const KIND = 'authentication';
const KIYOSE_AREA = { prefecture: 'Tokyo-to', area: 'Kiyose-shi' };
const officer = (operator: string): CeremonyOfficer => ({
  operator,
  purpose: '鍵の更新',
  terminal: 't-1',
  correlation: 'a-ceremony',
});
const [one, two] = [officer('o-first'), officer('o-second')];
const codeOf = (result: { ok: boolean; failure?: { code: string } }): string =>
  result.ok ? 'ok' : (result.failure?.code ?? '');

async function byTwo(context: JpkiContext, plan: CeremonyPlan) {
  const proposed = mustSucceed(await proposeCeremony(context, one, plan), 'propose');
  return mustSucceed(await approveCeremony(context, two, proposed.id), 'approve');
}

async function scene(t: TestContext) {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{}]);
  assert.ok(residentCode);
  let requests = 0;
  const issue = async (): Promise<Certificate> => {
    requests += 1;
    const requestId = `r-${requests}`;
    const cardId = `card-${requests}`;
    const { certificate } = await jpki.issue({ residentCode, requestId, cardId });
    return mustSucceed(parseCertificate(certificate), 'issued');
  };
  const generations = async () => (await jpki.context.authorities.all()).filter(({ kind }) => kind === KIND);
  return { ...jpki, issue, generations };
}

/** What OCSP says of a certificate under an issuer, or the status of the response. */
async function ocspSays(
  context: JpkiContext,
  certificate: Certificate,
  issuer: Certificate,
): Promise<string> {
  const request = encodeOcspRequest([encodeCertId('sha256', issuerHashes(issuer), certificate.serial)]);
  const response = await createOcspAnswerer(context)(request);
  const answer = verifyOcspResponse({ response, certificate, issuer, at: context.clock.now() });
  if (answer.ok) return answer.value.status.status;
  const parsed = mustSucceed(parseOcspResponse(response), 'a response');
  return parsed.status === 'successful' ? answer.failure.code : parsed.status;
}

test('a next generation is made by two, issues from the day that two decide, and the old one signs on', async (t) => {
  const { context, country, issue, generations } = await scene(t);
  const ofFirst = await issue();
  const made = await byTwo(context, { act: 'next-generation', kind: KIND });
  const [newer, older] = await generations();
  assert.ok(newer && older && newer.generation === 2);
  assert.ok(newer.name.equals(older.name), 'one name');
  assert.notDeepEqual(newer.keyIdentifier, older.keyIdentifier);
  const keyOf = (certificate: Certificate) => certificate.known.authorityKeyIdentifier?.keyIdentifier;
  assert.deepEqual(keyOf(await issue()), older.keyIdentifier, 'not before it is decided');
  const issuesFrom = context.clock.now() + DAY_MS;
  const otherProcess = new Authorities(context.sql, context.clock);
  const seenThere = async () => (await otherProcess.all()).find((each) => each.kind === KIND)?.issuesFrom;
  assert.equal(await seenThere(), undefined);
  await byTwo(context, { act: 'switch-issuing', kind: KIND, generation: 2, issuesFrom });
  country.clock.advance(1_000);
  assert.equal(await seenThere(), issuesFrom, 'within a second');
  assert.deepEqual(keyOf(await issue()), older.keyIdentifier, 'not before its day');
  country.clock.advance(DAY_MS - 2_000);
  assert.deepEqual(keyOf(await issue()), older.keyIdentifier, 'not a second before');
  country.clock.advance(1_000);
  const ofSecond = await issue();
  assert.deepEqual(keyOf(ofSecond), newer.keyIdentifier);
  const published = await publishCrls(context);
  assert.deepEqual([published.failures, published.published], [[], 5], 'both, and the other kind’s');
  assert.equal(await ocspSays(context, ofFirst, older.certificate), 'good');
  assert.equal(await ocspSays(context, ofSecond, newer.certificate), 'good');
  // planted: the same name, the other key
  assert.equal(await ocspSays(context, ofFirst, newer.certificate), 'unknown');
  const checkedUnder = (certificate: Certificate, anchors: readonly Certificate[]) =>
    codeOf(
      checkSignature(
        { kind: KIND, certificate: certificate.der, challenge: Buffer.of(1), signature: Buffer.of(1) },
        anchors,
        context.clock.now(),
      ),
    );
  assert.equal(checkedUnder(ofFirst, [newer.certificate]), 'certificate-not-trusted');
  assert.equal(checkedUnder(ofFirst, [newer.certificate, older.certificate]), 'challenge-signature-invalid');
  assert.ok(made.transcript?.includes('authority     authentication-2'));
});

test('each list has what is revoked of every generation: by the name, verifiers may take the other one', async (t) => {
  const { context, country, issue } = await scene(t);
  const [ofFirst, kept] = [await issue(), await issue()];
  const revoke = async (certificate: Certificate) => {
    const serial = Buffer.from(certificate.serial).toString('hex');
    const names = [{ kind: KIND, serial }] as const;
    mustSucceed(await revokeCertificates(context, testAccess, names, 'keyCompromise'), 'revoke');
    return serial;
  };
  const listed = async (): Promise<readonly (readonly string[])[]> => {
    const lists: string[][] = [];
    for (const authority of await context.authorities.standing())
      for (const area of authority.kind === KIND ? [undefined, KIYOSE_AREA] : []) {
        const list = await openPublished(context, authority, area);
        assert.ok(list);
        const parsed = mustSucceed(parseCrl(await buffer(list.content)), 'a list');
        lists.push([...crlEntries(parsed)].map(({ serial }) => Buffer.from(serial).toString('hex')));
      }
    return lists;
  };
  const first = await revoke(ofFirst);
  await byTwo(context, { act: 'next-generation', kind: KIND });
  assert.deepEqual(await listed(), [[first], [first], [], []], 'of a new generation from its first list on');
  await byTwo(context, { act: 'switch-issuing', kind: KIND, generation: 2, issuesFrom: context.clock.now() });
  const serials = [first, await revoke(await issue())].toSorted();
  country.clock.advance(1_000);
  await publishCrls(context);
  assert.deepEqual(await listed(), [serials, serials, serials, serials]);
  country.clock.advance(kept.notAfter - context.clock.now() + DAY_MS);
  await publishCrls(context);
  country.clock.advance(DAY_MS);
  await publishCrls(context);
  assert.deepEqual(await listed(), [[], [], [], []], 'and leave each after their end');
});

test('openssl verifies certificates of both generations by both lists', {
  skip: opensslMissing,
}, async (t) => {
  const { context, country, issue, generations } = await scene(t);
  using desk = new OpensslDesk();
  desk.put('first.pem', encodePem('CERTIFICATE', (await issue()).der));
  await byTwo(context, { act: 'next-generation', kind: KIND });
  await byTwo(context, { act: 'switch-issuing', kind: KIND, generation: 2, issuesFrom: context.clock.now() });
  desk.put('second.pem', encodePem('CERTIFICATE', (await issue()).der));
  const [newer, older] = await generations();
  assert.ok(newer && older);
  const pems = [newer, older].map(({ certificate }) => encodePem('CERTIFICATE', certificate.der));
  desk.put('both.pem', pems.join(''));
  desk.put('new.pem', pems[0] ?? '');
  country.clock.advance(1_000);
  const at = Math.floor(context.clock.now() / 1000) + 1;
  const verify = async (anchors: string, file: string) =>
    (await desk.run(`verify -attime ${at} -CAfile ${anchors} ${file}`)).text;
  assert.match(await verify('both.pem', 'first.pem'), /first\.pem: OK/);
  assert.match(await verify('both.pem', 'second.pem'), /second\.pem: OK/);
  assert.match(await verify('new.pem', 'second.pem'), /second\.pem: OK/);
  assert.doesNotMatch(await verify('new.pem', 'first.pem'), /OK/, 'the name alone is not enough');
});

test('without a second person nothing is made, switched or ended, in the program and in the database', async (t) => {
  const { context, generations } = await scene(t);
  const plan = { act: 'next-generation', kind: KIND } as const;
  const silent = { ...one, purpose: ' ' };
  assert.equal(codeOf(await proposeCeremony(context, silent, plan)), 'purpose-missing');
  const proposed = mustSucceed(await proposeCeremony(context, one, plan), 'propose');
  assert.equal(codeOf(await approveCeremony(context, one, proposed.id)), 'second-person-needed');
  assert.equal(codeOf(await approveCeremony(context, two, 'not-an-id')), 'ceremony-unknown');
  assert.equal((await generations()).length, 1);
  const insert = () => context.sql`
    INSERT INTO jpki.authority (kind, generation, key_name, tbs, performed_by, performed_at)
    VALUES (${KIND}, 2, 'stolen', '\\x00', 'o-1', now())`;
  await assert.rejects(insert(), /next-generation needs an approved ceremony/);
  const change = (column: string) => context.sql`UPDATE jpki.authority SET ${context.sql(column)} = now()`;
  await assert.rejects(change('issues_from'), /switch-issuing needs an approved ceremony/);
  await assert.rejects(change('retired_at'), /retire needs an approved ceremony/);
  await assert.rejects(
    context.sql`UPDATE jpki.ceremony SET approved_by = 'o-first', approved_for = 'x', approved_at = proposed_at`,
    /two_persons/,
  );
  mustSucceed(await approveCeremony(context, two, proposed.id), 'approve');
  assert.equal(codeOf(await approveCeremony(context, two, proposed.id)), 'ceremony-approved');
  assert.equal(codeOf(await proposeCeremony(context, one, plan)), 'generation-waiting');
  await assert.rejects(
    context.sql`UPDATE jpki.ceremony SET transcript = 'another'`,
    /approved once and finished once/,
  );
});

test('the database holds a generation to what two persons approved, whatever the program does', async (t) => {
  const { context, issue } = await scene(t);
  await issue();
  /** A ceremony that was approved and not done, with nobody to do it but the database's role. */
  const approved = async (plan: CeremonyPlan): Promise<void> => {
    const { id } = mustSucceed(await proposeCeremony(context, one, plan), 'propose');
    await context.sql`
      UPDATE jpki.ceremony SET approved_by = 'o-second', approved_for = 'x', approved_at = proposed_at WHERE id = ${id}`;
  };
  const insert = async (generation: number, issuesFrom: Date | null) => context.sql`
    INSERT INTO jpki.authority (kind, generation, key_name, tbs, performed_by, performed_at, issues_from)
    VALUES (${KIND}, ${generation}, ${`planted ${generation}`}, '\\x00', 'o-1', now(), ${issuesFrom})`;
  const change = async (column: 'issues_from' | 'retired_at', at: Date, generation: number) => context.sql`
    UPDATE jpki.authority SET ${context.sql(column)} = ${at} WHERE kind = ${KIND} AND generation = ${generation}`;
  const now = new Date(context.clock.now());
  await approved({ act: 'next-generation', kind: KIND });
  await assert.rejects(insert(2, now), /begins without issuing/);
  await assert.rejects(insert(3, null), /next-generation needs an approved ceremony/, 'of another number');
  await insert(2, null);
  await assert.rejects(change('retired_at', now, 1), /still in date/);
  await assert.rejects(change('issues_from', now, 2), /switch-issuing needs an approved ceremony/);
  const day = now.getTime() + DAY_MS;
  await context.sql`UPDATE jpki.authority SET signature = '\\x00' WHERE generation = 2`;
  await context.sql`
    INSERT INTO jpki.ceremony (id, act, kind, generation, issues_from, proposed_by, proposed_for, proposed_at, expires_at)
    VALUES (gen_random_uuid(), 'switch-issuing', ${KIND}, 2, ${new Date(day)}, 'o-first', 'x', ${now}, ${new Date(day)})`;
  await assert.rejects(change('issues_from', new Date(day), 2), /needs an approved/, 'proposed alone');
  const approvedRow = context.sql`
    INSERT INTO jpki.ceremony (id, act, kind, generation, issues_from, proposed_by, proposed_for, proposed_at, expires_at,
      approved_by, approved_for, approved_at)
    VALUES (gen_random_uuid(), 'switch-issuing', ${KIND}, 2, ${now}, 'o-1', 'x', ${now}, ${new Date(day)}, 'o-2', 'x', ${now})`;
  await assert.rejects(approvedRow, /approved once and finished once/, 'not approved from the start');
  await context.sql`
    UPDATE jpki.ceremony SET approved_by = 'o-second', approved_for = 'x', approved_at = proposed_at
    WHERE act = 'switch-issuing'`;
  await assert.rejects(change('issues_from', now, 2), /needs an approved/, 'for another day');
  await assert.rejects(
    async () => await context.sql`UPDATE jpki.authority SET tbs = '\\x01' WHERE generation = 1`,
    /permission denied/,
  );
  await assert.rejects(async () => await context.sql`DELETE FROM jpki.ceremony`, /permission denied/);
  await change('issues_from', new Date(day), 2);
});

test('a ceremony that is interrupted anywhere leaves nothing that issues, and goes on', async (t) => {
  const { context, signer, issue, generations } = await scene(t);
  const proposed = mustSucceed(
    await proposeCeremony(context, one, { act: 'next-generation', kind: KIND }),
    'propose',
  );
  let attempts = 0;
  for (let done = false; !done; attempts++) {
    let left = attempts;
    const may = (): boolean => left-- > 0;
    const down = () => Promise.resolve(fail('signer-unavailable' as const, 'killed'));
    const dying: JpkiSigner = {
      generateKey: (...all) => (may() ? signer.generateKey(...all) : down()),
      signCertificate: (request) => (may() ? signer.signCertificate(request) : down()),
      signList: (request) => (may() ? signer.signList(request) : down()),
      signOcsp: (request) => signer.signOcsp(request),
    };
    done = (await approveCeremony({ ...context, signer: dying }, two, proposed.id)).ok;
    if (!done) assert.equal((await context.authorities.findCurrent(KIND))?.generation, 1);
  }
  assert.ok(attempts > 3, `${attempts} attempts`);
  assert.equal((await generations()).length, 2);
  await issue();
  const [row] =
    await context.sql`SELECT count(*)::int AS count FROM jpki.ceremony WHERE transcript IS NOT NULL`;
  assert.equal(row?.['count'], 1);
});

test('a generation ends when nothing depends on it, and signs nothing from then on', async (t) => {
  const { context, country, issue, generations } = await scene(t);
  const certificate = await issue();
  const retire = { act: 'retire', kind: KIND, generation: 1 } as const;
  assert.equal(codeOf(await proposeCeremony(context, one, retire)), 'generation-issuing');
  await byTwo(context, { act: 'next-generation', kind: KIND });
  assert.equal(codeOf(await proposeCeremony(context, one, retire)), 'generation-issuing');
  const yesterday = context.clock.now() - DAY_MS;
  const switchTo = { act: 'switch-issuing', kind: KIND, generation: 2 } as const;
  assert.equal(
    codeOf(await proposeCeremony(context, one, { ...switchTo, issuesFrom: yesterday })),
    'switch-day-invalid',
  );
  await byTwo(context, { ...switchTo, issuesFrom: context.clock.now() });
  assert.equal(codeOf(await proposeCeremony(context, one, retire)), 'generation-needed');
  country.clock.advance(certificate.notAfter - context.clock.now() + DAY_MS);
  assert.equal(codeOf(await proposeCeremony(context, one, retire)), 'generation-needed', 'one more list');
  await publishCrls(context);
  const ended = await byTwo(context, retire);
  const [, older] = await generations();
  assert.ok(older?.retiredAt !== undefined);
  assert.equal(await ocspSays(context, certificate, older.certificate), 'unauthorized');
  country.clock.advance(DAY_MS);
  const published = await publishCrls(context);
  assert.equal(published.published, 3, 'no list of the old generation');
  assert.equal(codeOf(await proposeCeremony(context, one, retire)), 'generation-retired');
  const revive = context.sql`UPDATE jpki.authority SET retired_at = NULL WHERE generation = 1 AND kind = ${KIND}`;
  await assert.rejects(revive, /ended for good/);
  assert.ok(ended.transcript);
});

test('a transcript is checked again: altered, with one person or another key it is refused', async (t) => {
  const { context, country } = await scene(t);
  const first = (await byTwo(context, { act: 'next-generation', kind: KIND })).transcript ?? '';
  const second = (await byTwo(context, { act: 'next-generation', kind: 'signature' })).transcript ?? '';
  const [checked, next] = [first, second].map((text) => mustSucceed(verifyTranscript(text), 'verify'));
  assert.equal(checked?.of, 'authentication-2');
  assert.equal(next?.previous, checked?.sha256, 'chained');
  assert.ok(await isOurTranscript(context, first));
  const code = (text: string) => codeOf(verifyTranscript(text));
  /** Altered by somebody who can hash too. */
  const rehashed = (from: string, to: string): string => {
    const body = first.slice(0, first.lastIndexOf('sha-256       ')).replace(from, to);
    return `${body}sha-256       ${hashOf(body)}\n`;
  };
  assert.equal(code(first.replace('o-second', 'o-third')), 'transcript-altered');
  assert.equal(code(rehashed('o-second', 'o-first')), 'second-person-needed');
  const pemOf = (text: string): string => /-----BEGIN[\s\S]*?-----END CERTIFICATE-----/.exec(text)?.[0] ?? '';
  assert.equal(code(rehashed(pemOf(first), pemOf(second))), 'certificate-differs');
  assert.equal(code('anything'), 'transcript-malformed');
  const forged = rehashed('o-second', 'o-third');
  assert.equal(code(forged), 'ok', 'a text alone can be forged');
  assert.equal(await isOurTranscript(context, forged), false, 'the house knows');
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const [entry] =
    await sql`SELECT count(*)::int AS count FROM ledger.entry WHERE correlation = ${checked?.sha256 ?? ''}`;
  assert.equal(entry?.['count'], 1, 'and so does the ledger');
});
