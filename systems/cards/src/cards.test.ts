import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { IDENTITY_CHANGED, recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { applyForCard } from './application/apply-for-card.ts';
import { findApplicationState } from './application/find-application-state.ts';
import { cardsTopics } from './apply-identity-changed.ts';
import { revokeDueCertificates } from './card/revoke-due-certificates.ts';
import { resumeCard, suspendCard, voidCard } from './card/void-card.ts';
import { makeCard } from './making/make-card.ts';
import { agreed } from './testing/counter.ts';
import { assertSoundHistories } from './testing/histories.ts';
import { type CardsCountry, cardsCountry, handOverCard } from './testing/index.ts';

const ADULT = { resident_number: '1' };
const CHILD = { resident_number: '2', name: '石川　渚', birth_date: '2015-06-01' };

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

let requests = 0;
async function apply(
  country: CardsCountry,
  residentCode: string,
  requestId = `r-${++requests}`,
): Promise<string> {
  const applied = await applyForCard(country.cards, testAccess, { requestId, residentCode });
  return mustSucceed(applied, 'applying').applicationId;
}

async function made(country: CardsCountry, residentCode: string, requestId?: string): Promise<string> {
  const applicationId = await apply(country, residentCode, requestId);
  return mustSucceed(await makeCard(country.cards, testAccess, applicationId, country.workshop), 'making')
    .cardId;
}

async function active(country: CardsCountry, residentCode: string, requestId?: string): Promise<string> {
  const cardId = await made(country, residentCode, requestId);
  mustSucceed(await handOverCard(country, cardId), 'handing over');
  return cardId;
}

async function record(
  country: CardsCountry,
  requestId: string,
  event: Parameters<typeof recordEvent>[4],
): Promise<void> {
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, requestId, event), requestId);
  await country.settle();
}

const death = (country: CardsCountry, residentCode: string): Promise<void> =>
  record(country, `death of ${residentCode}`, { reason: 'death', residentCode, eventDate: '2026-11-19' });

async function stateOf(country: CardsCountry, cardId: string): Promise<string> {
  const [row] = await country.cards.sql<
    { state: string }[]
  >`SELECT state FROM cards.card WHERE card_id = ${cardId}`;
  return row?.state ?? 'none';
}

async function withCountry(t: TestContext, rows: readonly Readonly<Record<string, string>>[] = [ADULT]) {
  const country = await cardsCountry(t);
  const codes = await country.settleIn(rows);
  return { country, codes, code: codes[0] ?? '' };
}

test('from the application to the holder: a card with both certificates, valid to the tenth birthday', async (t) => {
  const { country, code } = await withCountry(t);
  const { cards, workshop, certification } = country;
  const applied = await applyForCard(cards, testAccess, { requestId: 'r', residentCode: code });
  const { applicationId, state } = mustSucceed(applied, 'applying');
  assert.equal(state, 'accepted');
  const card = mustSucceed(await makeCard(cards, testAccess, applicationId, workshop), 'making');
  assert.deepEqual(card, {
    cardId: card.cardId,
    applicationId,
    state: 'made',
    issuedOn: '2026-11-20',
    expiresOn: '2036-02-17',
  });
  assert.deepEqual(certification.standingOf(card.cardId), ['authentication: live', 'signature: live']);
  const order = certification.issued.get(`${card.cardId}/signature`)?.order;
  assert.deepEqual([order?.residentCode, order?.cardExpiresOn], [code, '2036-02-17']);
  assert.equal(codeOf(await findApplicationState(cards, testAccess, applicationId)), 'ok');
  const handed = mustSucceed(await handOverCard(country, card.cardId), 'handing over');
  assert.equal(handed.state, 'active');
  assert.deepEqual(await handOverCard(country, card.cardId), { ok: true, value: handed });
  assert.deepEqual(await makeCard(cards, testAccess, applicationId, workshop), { ok: true, value: handed });
  assert.deepEqual(await findApplicationState(cards, testAccess, applicationId), {
    ok: true,
    value: 'handed-over',
  });
  assert.equal(workshop.made, 1);
  await assertSoundHistories(cards.sql);
});

test('a child under fifteen gets the authentication certificate only, to the fifth birthday', async (t) => {
  const { country, codes } = await withCountry(t, [ADULT, CHILD]);
  const applicationId = await apply(country, codes[1] ?? '');
  const card = mustSucceed(
    await makeCard(country.cards, testAccess, applicationId, country.workshop),
    'making',
  );
  assert.equal(card.expiresOn, '2031-06-01');
  assert.deepEqual(country.certification.standingOf(card.cardId), ['authentication: live']);
});

test('every act is on the ledger of the national site, refusals too, and nothing else is', async (t) => {
  const { country, code } = await withCountry(t);
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const before = await sql`SELECT count(*) AS n FROM ledger.entry WHERE site = 'national'`;
  const cardId = await active(country, code);
  await applyForCard(country.cards, testAccess, { requestId: 'again', residentCode: code });
  await voidCard(country.cards, testAccess, cardId, 'returned');
  const rows = await sql<{ fields: string[]; result: string; same: boolean }[]>`
    SELECT fields, result, subject = ${country.pseudonyms.of('national', code)} AS same FROM ledger.entry
    WHERE site = 'national' ORDER BY tx, id OFFSET ${Number(before[0]?.['n'])}`;
  const look = 'name birth-date sex address individual-number: ok';
  assert.ok(rows.every((row) => row.same));
  assert.deepEqual(
    rows.map((row) => `${row.fields.join(' ')}: ${row.result}`),
    [
      look,
      'card-application: ok',
      look,
      'card-application card: ok',
      'card made: ok',
      'card shipment: packed',
      'card shipment: sent',
      'card arrival: ok',
      look,
      'card set-up: ok',
      look,
      look,
      'card hand-over-open: ok',
      'card hand-over: ok',
      look, // under the locks of the act, whose transaction began before
      look,
      'card-application: card-already-valid',
      'card void: ok',
    ],
  );
});

test('who has a valid card or an application on its way is refused, until the card is void or over', async (t) => {
  const { country, code } = await withCountry(t);
  const again = async () =>
    codeOf(
      await applyForCard(country.cards, testAccess, { requestId: `a-${++requests}`, residentCode: code }),
    );
  const applicationId = await apply(country, code);
  assert.equal(await again(), 'application-already-open');
  const { cardId } = mustSucceed(
    await makeCard(country.cards, testAccess, applicationId, country.workshop),
    '',
  );
  assert.equal(await again(), 'application-already-open');
  mustSucceed(await handOverCard(country, cardId), '');
  assert.equal(await again(), 'card-already-valid');
  mustSucceed(await voidCard(country.cards, testAccess, cardId, 'lost'), '');
  assert.equal(await again(), 'terms-needed', 'a lost card is paid for');
  const { requestId } = await agreed(country, code, 'lost');
  const second = await active(country, code, requestId);
  country.clock.advance(Date.parse('2035-11-17T14:59:59Z') - country.clock.now());
  assert.equal(await again(), 'card-already-valid', 'three months are left');
  country.clock.advance(Date.parse('2036-02-17T15:00:00Z') - country.clock.now());
  assert.equal(await again(), 'ok');
  assert.equal(await stateOf(country, second), 'void');
  await assertSoundHistories(country.cards.sql);
});

test('the same request is taken once, at once or later; its id is no other’s', async (t) => {
  const { country, codes } = await withCountry(t, [ADULT, CHILD]);
  const [code = '', other = ''] = codes;
  const wish = { requestId: 'the-request', residentCode: code };
  const results = await Promise.all(
    Array.from({ length: 5 }, () => applyForCard(country.cards, testAccess, wish)),
  );
  const ids = results.map((result) => mustSucceed(result, 'applying').applicationId);
  assert.equal(new Set(ids).size, 1);
  assert.equal(
    codeOf(await applyForCard(country.cards, testAccess, { ...wish, residentCode: other })),
    'request-id-reused',
  );
  assert.equal(
    codeOf(await applyForCard(country.cards, testAccess, { ...wish, stayExpiresOn: '2030-01-01' })),
    'request-id-reused',
  );
});

test('of applications of one person at once, one is taken', async (t) => {
  const { country, code } = await withCountry(t);
  const results = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      applyForCard(country.cards, testAccess, { requestId: `race-${index}`, residentCode: code }),
    ),
  );
  assert.deepEqual(results.map(codeOf).sort(), [...Array(5).fill('application-already-open'), 'ok']);
});

test('who is not there, not a resident, or has no age is refused', async (t) => {
  const { country, codes } = await withCountry(t, [ADULT, { ...CHILD, birth_date: '0000-00-00' }]);
  const [code = '', unborn = ''] = codes;
  const applyAs = async (residentCode: string, stayExpiresOn?: string) =>
    codeOf(
      await applyForCard(country.cards, testAccess, {
        requestId: `a-${++requests}`,
        residentCode,
        stayExpiresOn,
      }),
    );
  assert.equal(await applyAs('24727059608'), 'person-unknown');
  assert.equal(await applyAs('24727059600'), 'resident-code-check-digit');
  assert.equal(await applyAs('1'), 'resident-code-malformed');
  assert.equal(await applyAs(code, '2026-02-30'), 'stay-date-invalid');
  assert.equal(await applyAs(code, '2026-11-19'), 'stay-expired');
  assert.equal(await applyAs(unborn), 'birth-date-unknown');
  await death(country, code);
  assert.equal(await applyAs(code), 'person-not-resident');
});

test('data that changed after the application stop the making; those that changed after it stop the hand-over', async (t) => {
  const { country, codes } = await withCountry(t, [ADULT, { ...CHILD, birth_date: '2000-01-01' }]);
  const [code = '', other = ''] = codes;
  const move = (residentCode: string) =>
    record(country, `move ${residentCode}`, {
      reason: 'move-within',
      residentCode,
      eventDate: '2026-11-20',
      address: { wardCode: null, postalCode: '2040022', town: '松山一丁目', lot: '1番1号', building: null },
    });
  const applicationId = await apply(country, code);
  const cardId = await made(country, other);
  await move(code);
  await move(other);
  const remade = () => makeCard(country.cards, testAccess, applicationId, country.workshop);
  assert.equal(codeOf(await remade()), 'data-changed');
  assert.equal(codeOf(await remade()), 'application-refused');
  assert.equal(country.workshop.made, 1, 'nothing was made for the one who moved');
  assert.equal(codeOf(await handOverCard(country, cardId)), 'data-changed');
  assert.equal(await stateOf(country, cardId), 'made');
  mustSucceed(await voidCard(country.cards, testAccess, cardId, 'data-changed'), '');
  assert.deepEqual(country.certification.standingOf(cardId), [
    'authentication: affiliationChanged',
    'signature: affiliationChanged',
  ]);
  mustSucceed(
    await makeCard(country.cards, testAccess, await apply(country, other), country.workshop),
    'anew',
  );
  await assertSoundHistories(country.cards.sql);
});

test('a death ends cards and applications by the link; a move does not', async (t) => {
  const names = ['1', '2', '3', '4', '5'].map((resident_number) => ({
    resident_number,
    birth_date: '1990-01-01',
  }));
  const { country, codes } = await withCountry(t, names);
  const [holder = '', maker = '', applicant = '', mover = '', bystander = ''] = codes;
  const held = await active(country, holder);
  const ready = await made(country, maker);
  const applicationId = await apply(country, applicant);
  const kept = await active(country, mover);
  await record(country, 'out', {
    reason: 'move-out',
    residentCode: mover,
    eventDate: '2026-11-20',
    destination: '鎌倉市',
  });
  for (const code of [holder, maker, applicant, bystander]) await death(country, code);
  assert.deepEqual(
    [await stateOf(country, held), await stateOf(country, ready), await stateOf(country, kept)],
    ['void', 'void', 'active'],
  );
  assert.deepEqual(await findApplicationState(country.cards, testAccess, applicationId), {
    ok: true,
    value: 'refused',
  });
  assert.equal(codeOf(await handOverCard(country, ready)), 'card-state-refused');
  assert.equal(await revokeDueCertificates(country.cards, testAccess), 2);
  assert.equal(await revokeDueCertificates(country.cards, testAccess), 0);
  assert.deepEqual(country.certification.standingOf(held), [
    'authentication: affiliationChanged',
    'signature: affiliationChanged',
  ]);
  assert.deepEqual(country.certification.standingOf(kept), ['authentication: live', 'signature: live']);
  const [entries] = await country.database.superuser()<{ n: number }[]>`
    SELECT count(*) AS n FROM ledger.entry WHERE affair = 'card-void'`;
  assert.equal(entries?.n, 3, 'those who had something here; nobody else was looked at');
  await assertSoundHistories(country.cards.sql);
});

test('a notice that is not in the agreed form is refused alone', async (t) => {
  const { country, code } = await withCountry(t);
  const cardId = await active(country, code);
  const handler = cardsTopics(country.cards)[IDENTITY_CHANGED];
  assert.ok(handler);
  const notice = {
    residentCode: code,
    municipality: KIYOSE,
    sequence: 2,
    reason: 'death',
    eventDate: '2026-11-20',
    status: 'deceased',
    name: '石川　遥',
    formerSurname: null,
    alias: null,
    birthDate: '1980-02-17',
    sex: 2,
    address: '東京都清瀬市元町一丁目4番5号',
    individualNumber: null,
  };
  const bodies = [{ ...notice, residentCode: 'junk' }, notice, notice, { ...notice, extra: 1 }];
  const failures = await inTransaction(country.cards.sql, { site: 'national' }, (tx) =>
    handler(
      tx,
      {
        link: 'national>national:cards',
        from: 'national',
        to: 'national',
        clock: country.clock,
        send: () => assert.fail('cards tell nobody'),
      },
      bodies.map((body, seq) => ({ seq, previous: 0, subject: 's', topic: IDENTITY_CHANGED, body })),
    ),
  );
  const refused = 'identity-body-invalid';
  assert.deepEqual(
    failures.map((failure) => failure?.code),
    [refused, undefined, undefined, refused],
  );
  assert.equal(await stateOf(country, cardId), 'void');
  await assertSoundHistories(country.cards.sql);
});

test('suspended, found, lost: states follow, the hold stays, and void is for good', async (t) => {
  const { country, code } = await withCountry(t);
  const { cards } = country;
  const cardId = await active(country, code);
  assert.equal(codeOf(await resumeCard(cards, testAccess, cardId)), 'ok', 'an active card is active');
  assert.equal(codeOf(await suspendCard(cards, testAccess, cardId)), 'ok');
  assert.equal(codeOf(await suspendCard(cards, testAccess, cardId)), 'ok');
  assert.deepEqual(country.certification.standingOf(cardId), [
    'authentication: certificateHold',
    'signature: certificateHold',
  ]);
  assert.equal(codeOf(await handOverCard(country, cardId)), 'card-state-refused');
  assert.equal(codeOf(await resumeCard(cards, testAccess, cardId)), 'ok');
  assert.equal(codeOf(await voidCard(cards, testAccess, cardId, 'damaged')), 'ok');
  assert.equal(codeOf(await voidCard(cards, testAccess, cardId, 'lost')), 'ok');
  for (const act of [suspendCard, resumeCard])
    assert.equal(codeOf(await act(cards, testAccess, cardId)), 'card-state-refused');
  assert.equal(codeOf(await voidCard(cards, testAccess, '0000000000000000', 'lost')), 'card-unknown');
  const reasons =
    await cards.sql`SELECT reason FROM cards.card_change WHERE card_id = ${cardId} ORDER BY sequence`;
  assert.deepEqual(
    reasons.map((row) => row['reason']),
    [null, null, null, 'holder-call', 'found', 'damaged'],
  );
});

test('while the authority cannot be told, a void card’s certificates stay due', async (t) => {
  const { country, code } = await withCountry(t);
  const cardId = await active(country, code);
  country.certification.isClosed = true;
  assert.equal(codeOf(await voidCard(country.cards, testAccess, cardId, 'lost')), 'ok');
  assert.equal(await revokeDueCertificates(country.cards, testAccess), 0);
  country.certification.isClosed = false;
  assert.equal(await revokeDueCertificates(country.cards, testAccess), 1);
  assert.deepEqual(country.certification.standingOf(cardId), [
    'authentication: certificateHold',
    'signature: certificateHold',
  ]);
});

test('a card past its last day is not handed over', async (t) => {
  const { country, code } = await withCountry(t);
  const applied = await applyForCard(country.cards, testAccess, {
    requestId: 's',
    residentCode: code,
    stayExpiresOn: '2026-11-25',
  });
  const { applicationId } = mustSucceed(applied, '');
  const { cardId, expiresOn } = mustSucceed(
    await makeCard(country.cards, testAccess, applicationId, country.workshop),
    '',
  );
  assert.equal(expiresOn, '2026-11-25');
  country.clock.advance(6 * 86_400_000);
  assert.equal(codeOf(await handOverCard(country, cardId)), 'card-expired');
});

test('the role of cards can neither rewrite a history nor take a row away', async (t) => {
  const { country, code } = await withCountry(t);
  const cardId = await active(country, code);
  const { sql } = country.cards;
  for (const statement of [
    () => sql`UPDATE cards.card_change SET state = 'void' WHERE card_id = ${cardId}`,
    () => sql`DELETE FROM cards.card_change`,
    () => sql`DELETE FROM cards.card`,
    () => sql`DELETE FROM cards.application_change`,
    () => sql`DELETE FROM cards.application`,
    () => sql`SELECT 1 FROM registry.national_person`,
  ])
    await assert.rejects(async () => statement(), /permission denied|is kept for its time/);
});
