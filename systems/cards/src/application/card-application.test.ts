import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { fail, mustSucceed } from '@ishizue/outcome';
import { PhotoDesk } from '@ishizue/photo';
import { emptyPicture, type SamplePicture, samplePicture, withExif } from '@ishizue/photo/testing';
import type { ActingBy, CaseDesk } from '@ishizue/procedure';
import { NATIONAL_SITE, recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { CARD_CLERK } from '../card-clerk.ts';
import { makeCard } from '../making/make-card.ts';
import {
  chipPhotoOf,
  findCardPhoto,
  type PhotoOf,
  photoDigest,
  photoOfApplication,
} from '../photo/card-photo.ts';
import { destroyCardsOver } from '../retention/destroy-over.ts';
import { agreed } from '../testing/counter.ts';
import { type CardsCountry, cardsCountry } from '../testing/index.ts';
import { pastTheGuard } from '../testing/plant-cards.ts';
import { openApplicationDesk } from './application-desk.ts';
import { findApplicationState } from './find-application-state.ts';

// today is 20 November 2026
const ROWS = {
  adult: { name: '髙橋　花子', birth_date: '1990-04-01' },
  other: { name: '山田　太郎', birth_date: '1985-05-05' },
  third: { name: '佐藤　次郎', birth_date: '1970-01-31' },
  child: { name: '石川　渚', birth_date: '2015-06-01', household_number: '6', relationship: '子' },
  baby: { name: '石川　凪', birth_date: '2026-06-01', household_number: '6', relationship: '子' },
  mother: { name: '石川　海', birth_date: '1990-06-01', household_number: '6' },
  lodger: { name: '川上　岸', birth_date: '1991-06-01', household_number: '6', relationship: '同居人' },
} as const;
type Who = keyof typeof ROWS;

const clerk = by('operator', 'o-clerk', CARD_CLERK);
const holderOf = (who: Who): string => country.cards.pseudonyms.of(NATIONAL_SITE, codes[who]).toString('hex');
const bySelf = (who: Who): ActingBy => by('person', holderOf(who));

let requests = 0;
function by(kind: 'person' | 'operator' | 'site', id: string, ...roles: readonly string[]): ActingBy {
  return { actor: { kind, id, roles }, terminal: 't-1', correlation: 'c-1' };
}
const request = (): string => `request-${++requests}`;

const photos = new PhotoDesk();
let country: CardsCountry;
let desk: CaseDesk;
let codes: Readonly<Record<Who, string>>;
const closers: (() => unknown)[] = [];

before(async () => {
  country = await cardsCountry({ after: (work: () => unknown) => void closers.push(work) } as never);
  desk = await openApplicationDesk(country.cards, photos);
  const rows = Object.values(ROWS).map((row, index) => ({
    ...row,
    resident_number: String(index + 1),
    ...(row.birth_date > '2020-04-01' && {
      became_resident_on: row.birth_date,
      address_fixed_on: row.birth_date,
    }),
  }));
  const settled = await country.settleIn(rows);
  codes = Object.fromEntries(Object.keys(ROWS).map((who, index) => [who, settled[index]])) as typeof codes;
});
after(async () => {
  await photos.close();
  for (const close of closers.toReversed()) await close();
});

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function attached(who: ActingBy, bytes: Uint8Array): Promise<string> {
  return mustSucceed(await desk.attach(who, 'photo', streamOf(bytes)), 'a photograph').sha256;
}

const taken = (date: string, name: SamplePicture = 'portrait'): Buffer =>
  withExif(samplePicture(name), { takenAt: `${date.replaceAll('-', ':')} 10:00:00` });

const formOf = (who: Who, more: object = {}) => ({
  channel: 'smartphone',
  residentCode: codes[who],
  name: ROWS[who].name,
  birthDate: ROWS[who].birth_date,
  certificates: 'both',
  braille: false,
  ward: false,
  declared: true,
  ...more,
});

async function applying(who: ActingBy, form: object): Promise<string | number> {
  const done = await desk.start(who, {
    move: 'apply',
    request: request(),
    form,
  });
  return done.ok ? done.value.caseId : done.failure.code;
}

const opened = async (who: ActingBy, form: object): Promise<number> => {
  const caseId = await applying(who, form);
  assert.equal(typeof caseId, 'number', String(caseId));
  return Number(caseId);
};

async function moving(who: ActingBy, caseId: number, move: string, more: object = {}): Promise<string> {
  const done = await desk.move(who, { caseId, move, request: request(), ...more });
  return done.ok ? done.value.state : done.failure.code;
}

const idOf = async (caseId: number): Promise<string> =>
  String(mustSucceed(await desk.read(clerk, caseId), 'reading').record['applicationId']);

const findingsOf = async (caseId: number): Promise<readonly string[]> => {
  const { record } = mustSucceed(await desk.read(clerk, caseId), 'reading');
  return (record['findings'] as { finding: string }[]).map(({ finding }) => finding);
};

const stateOf = async (caseId: number): Promise<string> =>
  mustSucceed(await findApplicationState(country.cards, testAccess, await idOf(caseId)), 'its state');

const noticesNow = async (): Promise<readonly string[]> => {
  const told: string[] = [];
  await desk.deliverNotices((notices) => {
    told.push(...notices.map(({ ja, recipient }) => `${recipient} ${ja}`));
    return Promise.resolve(new Set());
  });
  return told;
};

test('from the phone to the queue: returned with its deficiencies, put right, accepted, made with what was asked for', async () => {
  const me = bySelf('adult');
  const photo = await attached(me, taken('2026-08-01'));
  const caseId = await opened(
    me,
    formOf('adult', { photo, certificates: 'authentication', visit: [], substitutes: [] }),
  );
  const applicationId = await idOf(caseId);
  assert.match(applicationId, /^\d{23}$/);
  assert.equal(await stateOf(caseId), 'received');
  assert.deepEqual(await findingsOf(caseId), []);
  const own = { deficiencies: ['photo-background', 'unsigned'] };
  assert.equal(await moving(clerk, caseId, 'return', { own }), 'deficient');
  assert.equal(await stateOf(caseId), 'deficient');
  const [notice = ''] = await noticesNow();
  assert.ok(notice.startsWith(`applicant:person:${holderOf('adult')} `));
  assert.match(notice, /^applicant:person:\w+ .*\n・背景に物や柄[^\n]*\n・申請者[^\n]*\n2027-02-18までに/);
  assert.equal(await moving(clerk, caseId, 'accept'), 'move-not-in-state');
  assert.equal(await moving(bySelf('other'), caseId, 'resubmit', { form: {} }), 'case-unknown');
  const { name, birthDate } = formOf('adult');
  const substitutes = [{ character: '髙', substitute: '高' }];
  assert.equal(
    await moving(me, caseId, 'resubmit', { form: { name, birthDate, photo, declared: true, substitutes } }),
    'received',
  );
  assert.equal(await moving(clerk, caseId, 'accept'), 'accepted');
  assert.equal(await stateOf(caseId), 'accepted');
  assert.match((await noticesNow())[0] ?? '', /受理しました/);
  const { sql, press } = country.cards;
  const withPhotos = {
    ...country.cards,
    press: { ...press, photoOf: (about: PhotoOf) => chipPhotoOf(sql, photos, about) },
  };
  const { cardId } = mustSucceed(
    await makeCard(withPhotos, testAccess, applicationId, country.workshop),
    'making',
  );
  assert.deepEqual(country.certification.standingOf(cardId), ['authentication: live']);
  const [issued] = [...country.certification.issued.values()];
  assert.deepEqual(issued?.order.substitutes, { 髙: '高' });
  const printed = await photoOfApplication(sql, { applicationId, birthDate });
  const file = Buffer.from(printed ?? []).toString('latin1');
  assert.ok(file.startsWith('\xff\xd8') && !file.includes('Exif') && !file.includes('GPS'));
  const onChip = await country.workshop.inReader(cardId).readPhoto();
  assert.equal(Buffer.from(onChip ?? []).toString('hex', 0, 12), '0000000c6a5020200d0a870a');
  const kept = await inTransaction(sql, { site: NATIONAL_SITE }, (tx) => findCardPhoto(tx, cardId));
  assert.deepEqual(
    kept,
    photoDigest(onChip ?? Buffer.of()),
    'the centre keeps the digest of what is on the chip',
  );
  // planted: a photograph at the application of somebody who was below one year
  assert.equal(await photoOfApplication(sql, { applicationId, birthDate: ROWS.baby.birth_date }), undefined);
  const busy = { makeChipPhoto: () => Promise.resolve(fail('pictures-busy', 'planted')) };
  const unmade = await chipPhotoOf(sql, busy, { applicationId, birthDate });
  assert.equal(!unmade.ok && unmade.failure.code, 'photo-not-made');
  assert.equal(await applying(me, formOf('adult', { photo })), 'application-already-open');
});

test('what comes online and is not as it has to be is refused with its code, and leaves no application', async () => {
  const me = bySelf('other');
  const photo = await attached(me, taken('2026-11-01'));
  const old = await attached(me, taken('2026-05-19', 'painting'));
  const tomorrow = await attached(me, taken('2026-11-22', 'cat'));
  const tiny = await attached(me, emptyPicture(70, 90));
  const cases: readonly (readonly [object, string])[] = [
    [{}, 'photo-missing'],
    [{ photo: old }, 'photo-old'],
    [{ photo: tomorrow }, 'photo-old'],
    [{ photo: tiny }, 'photo-size'],
    [{ photo, declared: false }, 'unsigned'],
    [{ photo, name: '山田　次郎' }, 'data-mismatch'],
    [{ photo, birthDate: '1985-05-06' }, 'data-mismatch'],
    [{ photo, ward: true }, 'representative-missing'],
    [
      { photo, ward: true, representative: { name: '弁護士', relation: 'adult-guardian' } },
      'representative-not-proved',
    ],
    [{ photo, substitutes: [{ character: '山', substitute: '川' }] }, 'substitute-not-offered'],
    [{ photo, channel: 'post' }, 'channel-not-yours'],
    [{ photo, visit: [{ document: 'passport' }] }, 'identity-not-proved'],
    [{ photo, terms: 'nobody-agreed' }, 'terms-unknown'],
    [
      { photo, terms: (await agreed(country, codes.third, 'first', { isOnline: true })).requestId },
      'terms-differ',
    ],
    [{ photo, terms: (await agreed(country, codes.other, 'first')).requestId }, 'terms-differ'],
    [{ photo, stayExpiresOn: '2026-11-19' }, 'stay-expired'],
    [{ photo, residentCode: codes.other.slice(0, 10) }, 'form-invalid'],
    [{ photo: 'f'.repeat(64) }, 'attachment-unknown'],
  ];
  for (const [more, code] of cases)
    assert.equal(await applying(me, formOf('other', more)), code, JSON.stringify(more));
  const rows = await country.cards.sql`SELECT FROM cards.application WHERE resident_code = ${codes.other}`;
  assert.equal(rows.length, 0);
  const six = await attached(me, taken('2026-05-20', 'rocket'));
  const caseId = await opened(me, formOf('other', { photo: six }));
  assert.deepEqual(await findingsOf(caseId), ['photo-no-face'], 'six months to the day, and a rocket');
  assert.equal(await moving(me, caseId, 'withdraw'), 'withdrawn');
  // the same pixels said to be older: they are not made younger by what was said first
  assert.equal(await attached(me, taken('2026-05-01', 'rocket')), six);
  assert.equal(await applying(me, formOf('other', { photo: six })), 'photo-old');
});

test('nobody applies for another grown-up, nor learns of them; an operator files by the role alone, a site not at all', async () => {
  const stranger = bySelf('third');
  const sql = country.database.superuser();
  closers.push(() => sql.end());
  const entries = async (): Promise<number> => {
    const subject = country.cards.pseudonyms.of(NATIONAL_SITE, codes.other);
    return (await sql`SELECT FROM ledger.entry WHERE subject = ${subject}`).length;
  };
  const photo = await attached(stranger, taken('2026-11-10'));
  const theirs = formOf('other', { photo });
  const known = await entries();
  assert.equal(await applying(stranger, theirs), 'not-yours');
  assert.equal(await applying(stranger, { ...theirs, residentCode: '24727059608' }), 'not-yours');
  assert.ok((await entries()) <= known + 1, 'the refusal is entered, the register is not read');
  const representative = { name: '佐藤　次郎', relation: 'parent' };
  assert.equal(await applying(stranger, { ...theirs, representative }), 'representative-not-proved');
  const named = { move: 'apply', form: theirs, applicant: `person:${holderOf('other')}` } as const;
  const posing = await desk.start(stranger, { ...named, request: request() });
  assert.equal(posing.ok, false);
  const clerkOfOthers = by('operator', 'o-ticket', 'help-desk-clerk');
  assert.equal(await applying(clerkOfOthers, formOf('other', { channel: 'post' })), 'not-permitted');
  assert.equal(await applying(by('site', 'agency/booth'), formOf('other')), 'channel-not-yours');
});

test('a photograph that another open application has is shown to the officer, and refuses nobody', async () => {
  const mine = bySelf('third');
  const photo = await attached(mine, taken('2026-11-10'));
  const caseId = await opened(mine, formOf('third', { photo }));
  assert.deepEqual(await findingsOf(caseId), ['photo-of-another-application']);
  assert.equal(await moving(mine, caseId, 'withdraw'), 'withdrawn');
  assert.equal(await stateOf(caseId), 'refused');
});

test('paper is taken as it lies on the desk, and accepted when nothing is wrong any more', async () => {
  const paper = formOf('third', { channel: 'post', declared: false, name: '佐藤' });
  const caseId = await opened(clerk, paper);
  assert.equal(await moving(clerk, caseId, 'accept'), 'data-mismatch');
  assert.equal(
    await moving(clerk, caseId, 'return', { own: { deficiencies: ['photo-missing'] } }),
    'deficient',
  );
  const photo = await attached(clerk, taken('2026-11-10'));
  const { name, birthDate } = formOf('third');
  const half = { name, birthDate, declared: false, photo };
  assert.equal(await moving(clerk, caseId, 'resubmit', { form: half }), 'received');
  assert.equal(await moving(clerk, caseId, 'accept'), 'unsigned');
  assert.equal(await moving(clerk, caseId, 'return', { own: { deficiencies: ['unsigned'] } }), 'deficient');
  // 90 days, and the application lapses; the person may apply again
  country.clock.advance(91 * 86_400_000);
  await desk.passDeadlines();
  assert.equal(mustSucceed(await desk.read(clerk, caseId), 'reading').state, 'lapsed');
  assert.equal(await stateOf(caseId), 'refused');
  country.clock.advance(-91 * 86_400_000);
  const again = await opened(
    clerk,
    formOf('third', { channel: 'counter', photo, visit: [{ document: 'passport' }] }),
  );
  assert.equal(await moving(clerk, again, 'accept'), 'accepted');
  const [order] = await country.cards.sql<{ delivery: string; by: string }[]>`
    SELECT delivery, visit_checked_by AS by FROM cards.making_order WHERE application_id = ${await idOf(again)}`;
  assert.deepEqual({ ...order }, { delivery: 'post', by: 'operator:o-clerk' });
});

test('a child applies by a parent whom the register shows, and by nobody else; a baby without a photograph, and by express', async () => {
  const parent = bySelf('mother');
  for (const who of ['lodger', 'third'] as const) {
    // all that a neighbour may know of a child opens nothing, and whether there is such a child is not told either
    const stated = { name: ROWS[who].name, relation: 'parent' };
    const known = formOf('baby', { representative: stated });
    assert.equal(await applying(bySelf(who), known), 'representative-not-proved', who);
    const unknown = { ...known, residentCode: '24727059608' };
    assert.equal(await applying(bySelf(who), unknown), 'representative-not-proved', who);
  }
  const none = await country.cards.sql`SELECT FROM cards.application WHERE resident_code = ${codes.baby}`;
  assert.equal(none.length, 0, 'the real one is not barred');
  const photo = await attached(parent, taken('2026-11-10'));
  const representative = { name: '石川　海', relation: 'parent' };
  assert.equal(await applying(parent, formOf('child', { photo })), 'not-yours');
  assert.equal(await applying(bySelf('child'), formOf('child')), 'representative-missing');
  const guardian = { ...representative, relation: 'guardian' };
  assert.equal(
    await applying(parent, formOf('child', { photo, representative: guardian })),
    'representative-not-proved',
  );
  const { requestId: terms } = await agreed(country, codes.baby, 'newborn', {
    isExpress: true,
    isOnline: true,
  });
  const baby = formOf('baby', { representative, terms });
  assert.equal(await applying(parent, { ...baby, photo }), 'photo-not-taken');
  const withdrawn = await opened(parent, baby);
  assert.equal(await moving(parent, withdrawn, 'withdraw'), 'withdrawn');
  const ofBaby = await opened(parent, baby); // the terms are free again
  const [users] = await country.cards.sql`
    SELECT count(*)::int AS n FROM cards.application WHERE terms_id = ${terms} AND state <> 'refused' AND ground = 'newborn'`;
  assert.equal(users?.['n'], 1);
  assert.equal(await moving(clerk, ofBaby, 'accept'), 'accepted');
  const [order] = await country.cards.sql<{ isExpress: boolean; dueOn: string }[]>`
    SELECT is_express AS "isExpress", due_on::text AS "dueOn" FROM cards.making_order
    WHERE application_id = ${await idOf(ofBaby)}`;
  assert.deepEqual({ ...order }, { isExpress: true, dueOn: '2026-11-26' });
});

test('of two applications of one person at once one is taken; of many in one request too', async () => {
  const representative = { name: '石川　海', relation: 'parent' };
  const paper = formOf('child', { channel: 'outreach', representative });
  const both = await Promise.all([applying(clerk, paper), applying(clerk, paper)]);
  assert.equal(both.filter((one) => one === 'application-already-open').length, 1);
  assert.equal(both.filter((one) => typeof one === 'number').length, 1);
  const caseId = Number(both.find((one) => typeof one === 'number'));
  assert.equal(await moving(clerk, caseId, 'withdraw'), 'withdrawn');
  const rows = [
    { form: paper },
    { form: { ...paper, name: '違う　名' } },
    { form: { ...paper, channel: 'pc' } },
  ];
  const many = mustSucceed(await desk.startMany(clerk, { move: 'apply', request: request(), rows }), 'many');
  assert.equal(many.moved.length, 1);
  assert.deepEqual(
    many.refused.map(({ row, failure }) => [row, failure.code]),
    [
      [1, 'application-already-open'],
      [2, 'channel-not-yours'],
    ],
  );
});

test('whoever dies meanwhile gets no card: the application has ended, and its case can only be closed', async () => {
  const [row] = await country.cards.sql<{ caseId: number }[]>`
    SELECT w.case_id::int AS "caseId" FROM cards.application_wish w JOIN cards.application a USING (application_id)
    WHERE a.resident_code = ${codes.child} AND a.state = 'received'`;
  const caseId = row?.caseId ?? 0;
  const death = { reason: 'death', residentCode: codes.child, eventDate: '2026-11-19' } as const;
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, 'death', death), 'a death');
  await country.settle();
  assert.equal(
    await moving(clerk, caseId, 'return', { own: { deficiencies: ['unreadable'] } }),
    'application-ended',
  );
  assert.equal(await moving(clerk, caseId, 'refuse', { own: { reason: '死亡' } }), 'refused');
});

test('after its time an application goes with its photograph; one whose card is held stays, and a photograph that one names', async () => {
  const sql = country.database.superuser();
  closers.push(() => sql.end());
  interface Row {
    readonly caseId: number;
    readonly applicationId: string;
    readonly photo: string | null;
    readonly isOpen: boolean;
    readonly hasCard: boolean;
  }
  const applications = (): Promise<readonly Row[]> => sql<Row[]>`
    SELECT w.case_id::int AS "caseId", a.application_id AS "applicationId", encode(w.photo_sha256, 'hex') AS photo,
      s.is_open AS "isOpen", EXISTS (SELECT FROM cards.card c WHERE c.application_id = a.application_id) AS "hasCard"
    FROM cards.application a JOIN cards.application_wish w USING (application_id)
    JOIN procedure.case_state s USING (case_id) ORDER BY 1`;
  const photosKept = async (): Promise<readonly string[]> =>
    (await sql<{ sha256: string }[]>`SELECT encode(sha256, 'hex') AS sha256 FROM cards.photo ORDER BY 1`).map(
      ({ sha256 }) => sha256,
    );
  const filed = await applications();
  const waiting = filed.filter(({ isOpen, hasCard }) => !isOpen && !hasCard);
  const made = filed.filter(({ hasCard }) => hasCard);
  assert.ok(waiting.length >= 4 && made.length === 1 && waiting.some(({ photo }) => photo !== null));
  for (const table of ['application', 'photo'])
    await assert.rejects(
      country.cards.sql`DELETE FROM ${country.cards.sql(`cards.${table}`)}`,
      /is kept for its time/,
      table,
    );
  assert.equal((await desk.destroyOver()).cases, 0);
  assert.equal(await destroyCardsOver(country.cards, desk), 0, 'nothing is over');

  // every day that somebody or something has to be kept is long over
  await pastTheGuard(sql, async (tx) => {
    await tx`UPDATE procedure.case_state SET kept_until = '2020-01-01' WHERE NOT is_open`;
    await tx`UPDATE procedure.upload SET at = '2020-01-01'`;
    await tx`UPDATE cards.application SET ended_on = '2020-01-01' WHERE ended_on IS NOT NULL`;
    await tx`UPDATE cards.photo SET looked_at = '2020-01-01'`;
    await tx`
      INSERT INTO cards.application (application_id, request_id, resident_code, state, sequence, received_on, identity_digest, ended_on)
      VALUES (repeat('7', 23), 'planted', ${codes.baby}, 'refused', 1, '2019-12-01', sha256(''), '2020-01-01')`;
    await tx`
      INSERT INTO cards.application_change (application_id, sequence, state, changed_at)
      VALUES (repeat('7', 23), 1, 'refused', '2020-01-01')`;
  });
  await desk.destroyOver();
  await destroyCardsOver(country.cards, desk);
  const left = await applications();
  const onTheWay = await sql<{ id: string }[]>`
    SELECT application_id AS id FROM cards.application WHERE state NOT IN ('handed-over', 'undelivered', 'refused')`;
  assert.ok(onTheWay.length > 0);
  assert.deepEqual(
    left.map(({ applicationId }) => applicationId).toSorted(),
    [...new Set(onTheWay.map(({ id }) => id))].toSorted(),
    'what ended without a card is gone, with and without a case',
  );
  const named = left.flatMap(({ photo }) => (photo === null ? [] : [photo]));
  assert.deepEqual(
    await photosKept(),
    [...new Set(named)].toSorted(),
    'only photographs that somebody needs',
  );
  const [held] = made;
  assert.ok(held && named.includes(held.photo ?? 'none'), 'the photograph of the card that was made');
  const still = mustSucceed(await desk.read(clerk, held.caseId), 'reading');
  assert.equal(still.form['residentCode'], codes.adult);
  const [state] = await sql<{ keptUntil: string; expiresOn: string }[]>`
    SELECT s.kept_until::text AS "keptUntil", c.expires_on::text AS "expiresOn"
    FROM procedure.case_state s, cards.card c WHERE s.case_id = ${held.caseId} AND c.application_id = ${held.applicationId}`;
  assert.equal(state?.keptUntil, state?.expiresOn, 'looked at again when the card is over');

  // the card ends, and the years are over: its digest is what stays of the photograph
  await pastTheGuard(sql, async (tx) => {
    await tx`UPDATE cards.card SET state = 'void' WHERE application_id = ${held.applicationId}`;
    await tx`UPDATE cards.application SET state = 'handed-over' WHERE application_id = ${held.applicationId}`;
    await tx`UPDATE procedure.case_state SET kept_until = '2020-01-01' WHERE case_id = ${held.caseId}`;
  });
  assert.equal((await desk.destroyOver()).cases, 1);
  const [digest] = await sql<{ photo: string }[]>`
    SELECT encode(photo_digest, 'hex') AS photo FROM cards.application_wish WHERE application_id = ${held.applicationId}`;
  assert.equal(digest?.photo, held.photo);
  const stillNamed = (await applications()).flatMap(({ photo }) => (photo === null ? [] : [photo]));
  assert.deepEqual(await photosKept(), [...new Set(stillNamed)].toSorted(), 'as long as another names it');
  const told = await desk.destructions();
  assert.deepEqual([...new Set(told.map(({ what }) => what))].toSorted(), [
    'applications',
    'cases',
    'files',
    'photographs',
    'uploads',
    'wishes',
  ]);
  const subject = country.cards.pseudonyms.of(NATIONAL_SITE, codes.baby);
  const entries = await sql`
    SELECT FROM ledger.entry WHERE affair = 'card-application-destroy' AND subject = ${subject}`;
  assert.ok(entries.length > 0);
});
