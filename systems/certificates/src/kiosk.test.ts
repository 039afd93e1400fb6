import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction, type Tx } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE } from '@ishizue/registry/testing';
import { expireRequests } from './centre/expire-requests.ts';
import { openRequest } from './centre/open-request.ts';
import { submitRequest } from './centre/submit-request.ts';
import { resumeIssue, suspendIssue } from './centre/suspensions.ts';
import { takeDocument } from './centre/take-document.ts';
import { verifyCertificate, withdrawCertificate } from './centre/verify-certificate.ts';
import {
  ask,
  askAndRoute,
  contextOf,
  kioskCountry,
  refusalOf,
  signatureOf,
  stateOf,
  WISH,
} from './kiosk-for-tests.ts';
import { collectPaper } from './kiosk-pages/collect-paper.ts';
import { liftStop, setStop } from './municipal/stops.ts';
import { needsPoppler, pdfTextPages } from './paper/pdftotext-for-tests.ts';

/** A child in the same household. */
const bornOn = (date: string): Readonly<Record<string, string>> => ({
  resident_number: '2',
  name: '石川　光',
  relationship: '子',
  birth_date: date,
  became_resident_on: date,
  address_fixed_on: date,
});

const codeOf = (result: { ok: true } | { ok: false; failure: { code: string } }): string =>
  result.ok ? 'ok' : result.failure.code;

test('a person gets a copy of the record once, it can be verified, and both sites have logged every step under one id', async (t) => {
  if (!needsPoppler(t)) return;
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ resident_number: '1', name: '石川　遥' }, bornOn('2006-05-05')]);
  const code = await residentCode('石川　光');
  const { requestId, token } = await askAndRoute(context, code, { ...WISH, withRelationship: true });
  await country.settle();
  assert.equal(await stateOf(context, requestId), 'rendered');
  assert.equal(codeOf(await takeDocument(context, requestId, 'guessed')), 'document-token-wrong');
  const elsewhere = contextOf(country); // another process: nothing is kept in memory
  const taken = mustSucceed(await takeDocument(elsewhere, requestId, token), 'document');
  const text = pdfTextPages(taken.bytes).join('');
  for (const part of ['石川光', '石川遥', '子', taken.certificateId]) assert.ok(text.includes(part), part);
  assert.ok(!text.includes(code));

  assert.equal(codeOf(await takeDocument(context, requestId, token)), 'document-already-delivered');
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const [left] = await superuser`SELECT count(*) AS n FROM certificates.national_document`;
  assert.equal(left?.['n'], 0, 'the centre keeps no paper');
  const verified = mustSucceed(
    await verifyCertificate(context, taken.certificateId.toLowerCase()),
    'verified',
  );
  assert.deepEqual(
    { ...verified },
    {
      certificateId: taken.certificateId,
      class: 'resident-record',
      municipality: KIYOSE,
      issuedOn: '2026-11-20',
      pages: 1,
      sha256: taken.sha256,
      stands: true,
    },
  );
  mustSucceed(await withdrawCertificate(context, taken.certificateId, 'handed to another'), 'withdrawn');
  assert.equal(mustSucceed(await verifyCertificate(context, taken.certificateId), 'again').stands, false);

  await country.settle();
  const history = await superuser`
    SELECT event, state FROM certificates.national_history WHERE request_id = ${requestId} ORDER BY step`;
  assert.deepEqual(
    history.map((row) => row['state']),
    ['opened', 'authenticated', 'accepted', 'routed', 'rendered', 'delivered'],
  );
  const [issue] = await superuser`SELECT * FROM certificates.municipal_issue`;
  assert.equal(issue?.['request_id'], requestId);
  assert.equal(issue?.['outcome'], 'delivered');
  assert.equal(issue?.['sha256'], taken.sha256);
  const entries = await superuser`
    SELECT site, actor_kind, actor = encode(subject, 'hex') AS own, terminal, affair, result FROM ledger.entry
    WHERE correlation = ${requestId} ORDER BY site, tx, id`;
  assert.deepEqual(
    entries.map(
      (row) => `${row['site']} ${row['actor_kind']} ${row['terminal']} ${row['result']} ${row['own']}`,
    ),
    [
      'municipal/132217 person kiosk-7 ok false', // the head, whose name is on the paper
      'municipal/132217 person kiosk-7 ok true',
      'municipal/132217 person kiosk-7 ok true', // neither is under a support measure
      'municipal/132217 person kiosk-7 ok false',
      'national person kiosk-7 ok true', // looked up
      'national person kiosk-7 ok true', // accepted
      'national person kiosk-7 ok true', // delivered
    ],
  );
});

test('fifty persons of two municipalities at the same instant each get their own paper and nobody else’s', async (t) => {
  if (!needsPoppler(t)) return;
  const { country, context, load } = await kioskCountry(t);
  const stems = Array.from('甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄');
  const rows = (family: string) =>
    stems.map((stem, index) => ({
      resident_number: String(index + 1),
      household_number: String(index + 1),
      name: `${family}　${stem}${stem}`,
    }));
  await load(KIYOSE, rows('石川'));
  await load(KAMAKURA, rows('鈴木'));
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const people = await superuser<{ name: string; code: string }[]>`
    SELECT name, resident_code AS code FROM registry.national_person ORDER BY name`;
  assert.equal(people.length, 50);
  const startedAt = performance.now();
  const asked = await Promise.all(
    people.map(async (person) => ({ ...person, ...(await askAndRoute(context, person.code)) })),
  );
  await country.settle();
  const papers = await Promise.all(asked.map((one) => takeDocument(context, one.requestId, one.token)));
  t.diagnostic(`50 requests from the opening to the paper: ${Math.round(performance.now() - startedAt)} ms`);
  const taken = papers.map((paper, index) => {
    const name = asked[index]?.name ?? '';
    return { name, ...mustSucceed(paper, name) };
  });
  const names = people.map(({ name }) => name.replace('　', ''));
  const ids = taken.map(({ certificateId }) => certificateId);
  assert.equal(new Set(ids).size, 50);
  for (const one of taken) {
    const text = pdfTextPages(one.bytes).join('');
    assert.deepEqual(
      names.filter((name) => text.includes(name)),
      [one.name.replace('　', '')],
    );
    assert.deepEqual(
      ids.filter((id) => text.includes(id)),
      [one.certificateId],
    );
    assert.ok(text.includes(one.name.startsWith('石川') ? '清瀬市長' : '鎌倉市長'));
  }
});

test('who may not have a certificate is refused with a code, and nothing is read at the municipality', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ resident_number: '1', name: '石川　遥' }, bornOn('2012-05-05')]);
  const code = await residentCode('石川　遥');
  assert.equal(await refusalOf(context, await residentCode('石川　光')), 'under-age');
  assert.equal(await refusalOf(context, '99999999999'), 'person-unknown');
  assert.equal(await refusalOf(context, `${code} revoked`), 'certificate-not-current');
  const nobodyTakesPart = { ...context, participates: () => false };
  assert.equal(await refusalOf(nobodyTakesPart, code), 'municipality-not-served');
  const { requestId } = mustSucceed(await openRequest(context, 'kiosk-7', WISH), 'open');
  const forged = await submitRequest(context, requestId, {
    certificate: Buffer.from(code),
    signature: Buffer.from('forged'),
  });
  assert.equal(codeOf(forged), 'card-not-proved');
  assert.equal(await stateOf(context, requestId), 'refused: card-not-proved');
  await country.settle();
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const [read] =
    await superuser`SELECT count(*) AS n FROM ledger.entry WHERE affair = 'kiosk-certificate' AND site <> 'national'`;
  assert.equal(read?.['n'], 0);
});

test('outside the hours nothing is opened, and a request that crosses closing time is refused, unless the country is always open', async (t) => {
  const {
    country,
    context,
    load,
    codeOf: residentCode,
  } = await kioskCountry(t, { now: '2026-11-20T13:59:30Z' });
  await load(KIYOSE, [{ name: '石川　遥' }]);
  const certificate = Buffer.from(await residentCode('石川　遥'));
  const { requestId, challenge } = mustSucceed(await openRequest(context, 'kiosk-7', WISH), 'open');
  country.clock.advance(60_000);
  const signature = signatureOf(certificate, challenge);
  assert.equal(codeOf(await submitRequest(context, requestId, { certificate, signature })), 'outside-hours');
  assert.equal(codeOf(await openRequest(context, 'kiosk-7', WISH)), 'outside-hours');
  const { routed } = await ask({ ...context, alwaysOpen: true }, certificate.toString());
  assert.equal(codeOf(routed), 'ok');
  await country.settle();
});

test('a switch stops a municipality at every step, also a paper that already waits', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ name: '石川　遥' }]);
  await load(KAMAKURA, [{ name: '鈴木　遥' }]);
  const [kiyose, kamakura] = [await residentCode('石川　遥'), await residentCode('鈴木　遥')];
  const waiting = await askAndRoute(context, kiyose);
  await country.settle();
  const id = await suspendIssue(context, 'o-1', {
    municipality: KIYOSE,
    class: 'resident-record',
    reason: 'drill',
  });
  assert.equal(codeOf(await takeDocument(context, waiting.requestId, waiting.token)), 'issue-suspended');
  assert.equal(await stateOf(context, waiting.requestId), 'refused: issue-suspended');
  assert.equal(await refusalOf(context, kiyose), 'issue-suspended');
  assert.equal(await refusalOf(context, kamakura), 'routed');
  const all = await suspendIssue(context, 'o-1', { municipality: null, class: null, reason: 'drill' });
  assert.equal(await refusalOf(context, kamakura), 'issue-suspended');
  mustSucceed(await resumeIssue(context, 'o-1', all), 'resume');
  mustSucceed(await resumeIssue(context, 'o-1', id), 'resume');
  assert.equal(codeOf(await resumeIssue(context, 'o-1', id)), 'suspension-unknown');
  assert.equal(await refusalOf(context, kiyose), 'routed');
  await country.settle();
});

test('nothing is issued of a person under a support measure, nor a paper that would show them', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ resident_number: '1', name: '石川　遥' }, bornOn('2006-05-05')]);
  const [mother, son] = [await residentCode('石川　遥'), await residentCode('石川　光')];
  await setStop(context, KIYOSE, 'o-1', son, 'support-measure');
  const alone = await askAndRoute(context, mother);
  const household = await askAndRoute(context, mother, { ...WISH, extent: 'household' });
  const himself = await askAndRoute(context, son);
  await country.settle();
  assert.equal(await stateOf(context, alone.requestId), 'rendered');
  assert.equal(await stateOf(context, household.requestId), 'refused: issue-stopped');
  assert.equal(await stateOf(context, himself.requestId), 'refused: issue-stopped');
  const { signal } = new AbortController();
  assert.deepEqual(await collectPaper(context, himself.requestId, himself.token, signal), {
    refused: 'issue-stopped',
  });
  await liftStop(context, KIYOSE, son);
  const again = await askAndRoute(context, son);
  await country.settle();
  assert.equal(await stateOf(context, again.requestId), 'rendered');
});

test('a page waits for the paper; who has another token, or is gone, takes none', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ name: '石川　遥' }]);
  const { requestId, token } = await askAndRoute(context, await residentCode('石川　遥'));
  const { signal } = new AbortController();
  const early = collectPaper(context, requestId, 'another', signal);
  await country.settle();
  assert.deepEqual(await early, { refused: 'document-token-wrong' });
  // no deepEqual: telling how a paper differs takes minutes
  assert.ok('waiting' in (await collectPaper(context, requestId, token, AbortSignal.abort())));
  const come = await collectPaper(context, requestId, token, signal);
  assert.ok('paper' in come && come.paper.requestId === requestId);
  assert.deepEqual(await collectPaper(context, requestId, token, signal), {
    refused: 'document-already-delivered',
  });
});

test('of many submissions at once one is let in, and of many collections one gets the paper', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ name: '石川　遥' }]);
  const certificate = Buffer.from(await residentCode('石川　遥'));
  const { requestId, challenge } = mustSucceed(await openRequest(context, 'kiosk-7', WISH), 'open');
  const submission = { certificate, signature: signatureOf(certificate, challenge) };
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => submitRequest(context, requestId, submission)),
  );
  const let_in = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value.token] : []));
  assert.equal(let_in.length, 1);
  assert.deepEqual([...new Set(outcomes.map(codeOf))].sort(), ['ok', 'request-already-submitted']);
  await country.settle();
  const [token = ''] = let_in;
  const collected = await Promise.all(
    Array.from({ length: 8 }, () => takeDocument(context, requestId, token)),
  );
  assert.equal(collected.filter((one) => one.ok).length, 1);
  assert.equal(codeOf(await submitRequest(context, requestId, submission)), 'request-already-submitted');
});

test('a request that nobody collects is over as a whole: the paper is deleted and the municipality told', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ name: '石川　遥' }]);
  const code = await residentCode('石川　遥');
  const swept = await askAndRoute(context, code);
  const late = await askAndRoute(context, code);
  const unused = mustSucceed(await openRequest(context, 'kiosk-7', WISH), 'open');
  await country.settle();
  country.clock.advance(5 * 60_000);
  assert.equal(await stateOf(context, late.requestId), 'timed-out: request-expired');
  assert.equal(codeOf(await takeDocument(context, late.requestId, late.token)), 'request-expired');
  assert.equal(await expireRequests(context), 2);
  assert.equal(await expireRequests(context), 0);
  for (const { requestId } of [swept, late, unused])
    assert.equal(await stateOf(context, requestId), 'timed-out: request-expired');
  assert.equal(codeOf(await takeDocument(context, swept.requestId, swept.token)), 'request-expired');
  await country.settle();
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const [left] = await superuser`SELECT count(*) AS n FROM certificates.national_document`;
  assert.equal(left?.['n'], 0);
  const told = await superuser`SELECT DISTINCT outcome FROM certificates.municipal_issue`;
  assert.deepEqual(
    told.map((row) => row['outcome']),
    ['timed-out'],
  );
});

test('a municipality sees and writes its own issues and stops only, and nothing of the centre’s', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ name: '石川　遥' }]);
  const code = await residentCode('石川　遥');
  await setStop(context, KIYOSE, 'o-1', code, 'own-wish');
  const { requestId } = await askAndRoute(context, code);
  await country.settle();
  assert.equal(await stateOf(context, requestId), 'refused: issue-stopped');
  const rowsAt = (site: string) =>
    context.sql.begin(async (tx) => {
      await tx`SELECT set_config('ishizue.site', ${site}, true)`;
      const [row] = await tx`SELECT (SELECT count(*) FROM certificates.municipal_issue) +
        (SELECT count(*) FROM certificates.municipal_stop) AS n`;
      return row?.['n'];
    });
  assert.equal(await rowsAt(`municipal/${KIYOSE}`), 2);
  assert.equal(await rowsAt(`municipal/${KAMAKURA}`), 0);
  assert.equal(await rowsAt('national'), 0);
  const under = (site: string, work: (tx: Tx) => Promise<unknown>) =>
    inTransaction(context.sql, { site }, work);
  const plant = (tx: Tx): Promise<unknown> => tx`
    INSERT INTO certificates.municipal_stop (municipality_code, resident_code, reason, set_by, set_at)
    VALUES (${KIYOSE}, '12345678901', 'own-wish', 'o-2', now())`;
  await assert.rejects(under(`municipal/${KAMAKURA}`, plant), { code: '42501' });
  const requests = async (tx: Tx): Promise<number> =>
    (await tx`SELECT 1 FROM certificates.national_request`).length;
  assert.deepEqual(await under(`municipal/${KIYOSE}`, requests), 0);
  assert.deepEqual(await under('national', requests), 1);
});
