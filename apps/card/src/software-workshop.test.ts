/** Software cards made for residents by cards and the citizen PKI as they are: registry, signer, database and all. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, type TestContext, test } from 'node:test';
import {
  applyForCard,
  beginCardRenewal,
  type CardsContext,
  type CardView,
  cardsSchema,
  cardsTopics,
  confirmCardRenewal,
  handOverInHouse,
  jpkiCertification,
  makeCard,
  readFaceImages,
  revokeDueCertificates,
  voidCard,
} from '@ishizue/cards';
import { testPress } from '@ishizue/cards/testing';
import { authenticateHolder } from '@ishizue/jpki';
import { type TestJpki, testJpki } from '@ishizue/jpki/testing';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { PhotoDesk } from '@ishizue/photo';
import { chipPixelsOf, likenessInDecibels, samplePicture } from '@ishizue/photo/testing';
import { recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { parseCertificate } from '@ishizue/x509';
import { type ChosenPins, cardInReader } from './card-in-reader.ts';
import type { KeyKind } from './card-record.ts';
import { readFaceFile } from './chip/read-face.ts';
import { facePicture } from './face-picture.ts';
import { renewOnCard } from './renew-on-card.ts';
import type { SoftwareCard } from './software-card.ts';
import { openSoftwareCard, softwareWorkshop } from './software-workshop.ts';

const CARDS_LINK = 'national>national:cards';
const CHALLENGE = Buffer.from('a challenge of the centre');

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

const photos = new PhotoDesk();
const portrait = photos.makeChipPhoto(samplePicture('portrait'));
after(() => photos.close());

/** What a counter reads by commands is what the factory read, and shows the photograph; the photo and its pixels. */
async function readByCounter(held: SoftwareCard, factorys: Uint8Array | undefined) {
  const { numberB = '' } = mustSucceed(await held.status(), 'the card');
  const readWith = (number: string) => held.inReader((card) => readFaceFile(card, number));
  assert.equal(codeOf(await readWith(numberB.slice(1))), 'pin-malformed');
  assert.equal(codeOf(await readWith(String(BigInt(numberB) ^ 1n).padStart(14, '0'))), 'pin-wrong');
  const file = mustSucceed(await readWith(numberB), 'the face');
  assert.deepEqual(file, factorys);
  assert.equal(codeOf(await facePicture(photos, file.subarray(1))), 'face-unreadable');
  const shown = mustSucceed(await facePicture(photos, file), 'the picture');
  const photo = readFaceImages(file)?.photo;
  assert.ok(shown && photo);
  assert.deepEqual(shown.sha256, createHash('sha256').update(photo).digest());
  const { rgb } = chipPixelsOf(shown.png);
  const likeness = likenessInDecibels(rgb, chipPixelsOf(samplePicture('portrait')).rgb);
  assert.ok(likeness > 38, `${likeness} dB`);
  return { photo, rgb };
}

/** OpenJPEG’s own program, which knows nothing of us, reads the same pixels out of the photo. */
function demandAlike(t: TestContext, folder: string, photo: Uint8Array, rgb: Uint8Array): void {
  const input = path.join(folder, 'photo.jp2');
  const output = path.join(folder, 'photo.ppm');
  writeFileSync(input, photo);
  const { error, status, stderr } = spawnSync('opj_decompress', ['-quiet', '-i', input, '-o', output]);
  if (error) return t.skip('SKIPPED: OpenJPEG is not installed (apt-get install libopenjp2-tools)');
  assert.equal(status, 0, String(stderr));
  const theirs = readFileSync(output);
  assert.match(theirs.toString('latin1', 0, 80), /^P6\s(?:#.*\s)?280 360\s255\s/);
  const likeness = likenessInDecibels(rgb, theirs.subarray(-rgb.length));
  assert.ok(likeness > 60, `${likeness} dB`);
}

interface Desk {
  readonly jpki: TestJpki;
  readonly cards: CardsContext;
  readonly folder: string;
  readonly make: (residentCode: string, requestId?: string) => Promise<CardView>;
  readonly handOver: (made: CardView, pins: ChosenPins) => Promise<CardView>;
  readonly authenticate: (card: CardView, kind: KeyKind, pin: string) => Promise<string>;
}

async function openDesk(t: TestContext): Promise<Desk> {
  const country = { schemas: [cardsSchema], links: [CARDS_LINK], changeLinks: [CARDS_LINK] };
  const jpki = await testJpki(t, { country });
  const cards: CardsContext = {
    sql: jpki.country.database.pool('cards'),
    clock: jpki.country.clock,
    pseudonyms: jpki.country.pseudonyms,
    registry: jpki.country.context,
    certification: jpkiCertification(jpki.context),
    press: { ...(await testPress()), photoOf: async () => ok(mustSucceed(await portrait, 'a photo')) },
  };
  jpki.country.register('cards', cardsTopics(cards));
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-workshop-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const make = async (residentCode: string, requestId = `card-of-${residentCode}`): Promise<CardView> => {
    const wish = { requestId, residentCode };
    const { applicationId } = mustSucceed(await applyForCard(cards, testAccess, wish), 'applying');
    return mustSucceed(await makeCard(cards, testAccess, applicationId, softwareWorkshop(folder)), 'making');
  };
  const handOver = async ({ cardId }: CardView, pins: ChosenPins): Promise<CardView> => {
    const held = await openSoftwareCard(folder, cardId);
    const inReader = cardInReader(held, pins);
    const handed = await handOverInHouse(cards, testAccess, { cardId, inReader, oldCard: 'returned' });
    return mustSucceed(handed, 'handing over');
  };
  const authenticate = async (card: CardView, kind: KeyKind, pin: string): Promise<string> => {
    const held = await openSoftwareCard(folder, card.cardId);
    const answer = await authenticateHolder(jpki.context, testAccess, {
      kind,
      certificate: mustSucceed(await held.readCertificate(kind, pin), 'the certificate'),
      challenge: CHALLENGE,
      signature: mustSucceed(await held.sign(kind, pin, CHALLENGE), 'signing'),
    });
    return answer.ok ? `${answer.value.residentCode} ${answer.value.cardId}` : answer.failure.code;
  };
  return { jpki, cards, folder, make, handOver, authenticate };
}

const FIRST_ISSUE = {
  documents: ['individual-number-card'],
  checkedBy: 'o-clerk1',
  isByRepresentative: false,
  isAdultWard: false,
  ground: 'first-issue',
  visitId: 'visit-0001',
} as const;

test('an adult’s card is made, handed over, and opens what it should; a death ends it within the second', async (t) => {
  const { jpki, cards, folder, make, handOver, authenticate } = await openDesk(t);
  const [residentCode = ''] = await jpki.enrol([{ resident_number: '1' }]);
  const made = await make(residentCode);
  const held = await openSoftwareCard(folder, made.cardId);
  const files = ['input-help/0001', 'input-help/0002', 'card-face/0002', 'common/0001', 'jpki/0001'];
  const read = mustSucceed(await held.readContents(files), 'the factory reads every file by commands');
  assert.deepEqual(Object.keys(read), files);
  assert.equal(read['input-help/0001']?.toString('latin1', 3, 15), `9${residentCode}`);
  const { photo, rgb } = await readByCounter(held, read['card-face/0002']);
  await t.test('the photo is what OpenJPEG reads', (its) => demandAlike(its, jpki.listsFolder, photo, rgb));
  mustSucceed(await held.setPin('authentication', '1234'), 'the holder’s PIN');
  assert.equal(codeOf(await held.readContents(files)), 'not-authorised', 'and none when the card has a PIN');
  const card = await handOver(made, { authentication: '1234', signature: 'kiyose2026' });
  assert.deepEqual(readdirSync(folder).sort(), [`${card.cardId}.card`, `${card.cardId}.key`]);
  assert.equal(await authenticate(card, 'authentication', '1234'), `${residentCode} ${card.cardId}`);
  assert.equal(await authenticate(card, 'signature', 'KIYOSE2026'), `${residentCode} ${card.cardId}`);
  const der = mustSucceed(await held.readCertificate('authentication'), 'open to all');
  const certificate = mustSucceed(parseCertificate(der), 'the certificate');
  assert.ok(certificate.notAfter <= Date.parse(`${card.expiresOn}T14:59:59Z`));

  const event = { reason: 'death', residentCode, eventDate: '2026-11-20' } as const;
  mustSucceed(await recordEvent(jpki.country.context, KIYOSE, testAccess, 'death', event), 'the death');
  await jpki.country.settle();
  assert.equal(await authenticate(card, 'authentication', '1234'), 'certificate-revoked');
  assert.equal(await authenticate(card, 'signature', 'KIYOSE2026'), 'certificate-revoked');
  const inReader = cardInReader(held, { authentication: '1234' });
  const again = await handOverInHouse(cards, testAccess, { cardId: card.cardId, inReader });
  assert.equal(codeOf(again), 'card-state-refused');
  assert.equal(await revokeDueCertificates(cards, testAccess), 1, 'told again, which changes nothing');
});

test('a child’s card has one key, and the other from fifteen; it is renewed in exchange; a lost card’s certificates are held at once', async (t) => {
  const { jpki, cards, folder, make, handOver, authenticate } = await openDesk(t);
  const [residentCode = ''] = await jpki.enrol([{ resident_number: '1', birth_date: '2015-06-01' }]);
  const card = await handOver(await make(residentCode), { authentication: '0123' });
  const held = await openSoftwareCard(folder, card.cardId);
  const status = mustSucceed(await held.status(), 'the status');
  assert.deepEqual(status.keys, [{ kind: 'authentication', hasCertificate: true, triesLeft: 3 }]);
  assert.equal(await authenticate(card, 'authentication', '0123'), `${residentCode} ${card.cardId}`);
  // at fifteen the counter adds the other key, and its certificate is the card's first of the kind
  jpki.country.clock.advance(Date.parse('2030-06-02T03:00:00Z') - jpki.country.clock.now());
  const renewals = { cards, jpki: jpki.context };
  const requestId = 'first-signature';
  const atDesk = {
    begin: (certificationRequest: Buffer) =>
      beginCardRenewal(renewals, testAccess, {
        cardId: card.cardId,
        kind: 'signature',
        requestId,
        certificationRequest,
        facts: { ...FIRST_ISSUE, desk: { kind: 'municipal-counter', municipality: KIYOSE } },
      }),
    confirm: (readBack: Buffer) =>
      confirmCardRenewal(renewals, testAccess, { cardId: card.cardId, requestId, readBack }),
  };
  const keyFor = (otherPin?: string) =>
    renewOnCard(held, { kind: 'signature', pin: 'KIYOSE2030', otherPin }, atDesk);
  assert.equal(codeOf(await keyFor()), 'key-absent');
  assert.equal(codeOf(await keyFor('9999')), 'pin-wrong');
  assert.equal(mustSucceed(await keyFor('0123'), 'the first of its kind').fee_yen, 0);
  assert.equal(await authenticate(card, 'signature', 'KIYOSE2030'), `${residentCode} ${card.cardId}`);

  // in its last three months the card is renewed; it opens everything until the new one is handed over
  jpki.country.clock.advance(Date.parse('2031-04-01T03:00:00Z') - jpki.country.clock.now());
  const made = await make(residentCode, 'the next');
  assert.equal(made.expiresOn, '2036-06-01', 'the sixth birthday');
  assert.equal(await authenticate(card, 'authentication', '0123'), `${residentCode} ${card.cardId}`);
  const next = await handOver(made, { authentication: '4567', signature: 'KIYOSE2031' });
  for (const [kind, pin] of [
    ['authentication', '0123'],
    ['signature', 'KIYOSE2030'],
  ] as const)
    assert.equal(await authenticate(card, kind, pin), 'certificate-revoked');
  const [old] = await jpki.context.sql`
    SELECT array_agg(DISTINCT reason) AS reasons FROM jpki.certificate WHERE card_id = ${card.cardId}`;
  assert.deepEqual(old?.['reasons'], ['superseded']);
  const renewed = await openSoftwareCard(folder, next.cardId);
  const der = mustSucceed(await renewed.readCertificate('authentication'), 'open to all');
  const { notAfter } = mustSucceed(parseCertificate(der), 'the certificate');
  assert.equal(new Date(notAfter).toISOString(), '2036-06-01T14:59:59.000Z', 'it renews the one before');

  mustSucceed(await voidCard(cards, testAccess, next.cardId, 'lost'), 'voiding');
  assert.equal(await authenticate(next, 'authentication', '4567'), 'certificate-revoked');
});

test('a maker that is cut off leaves a card that the next maker completes, with the same keys', async (t) => {
  const { jpki, cards, folder } = await openDesk(t);
  const [residentCode = ''] = await jpki.enrol([{ resident_number: '1' }]);
  const wish = { requestId: 'r', residentCode };
  const { applicationId } = mustSucceed(await applyForCard(cards, testAccess, wish), 'applying');
  const workshop = softwareWorkshop(folder);
  const cut = { ...workshop, writeCertificates: () => Promise.reject(new Error('power cut')) };
  await assert.rejects(makeCard(cards, testAccess, applicationId, cut), /power cut/);
  const [first] = readdirSync(folder);
  jpki.country.clock.advance(86_400_000);
  const makers = await Promise.all([1, 2].map(() => makeCard(cards, testAccess, applicationId, workshop)));
  for (const made of makers) assert.equal(`${mustSucceed(made, 'making').cardId}.card`, first);
  const [counts] = await jpki.context.sql`
    SELECT count(*) AS issued, count(*) FILTER (WHERE revoked_at IS NULL AND signature IS NOT NULL) AS live
    FROM jpki.certificate`;
  assert.deepEqual({ ...counts }, { issued: 2, live: 2 });
});

test('a name that cannot be in the signature certificate leaves it out: the card is read back without, and handed over', async (t) => {
  const { jpki, cards, folder, handOver, authenticate } = await openDesk(t);
  const [residentCode = ''] = await jpki.enrol([{ resident_number: '1' }]);
  const wish = { requestId: 'r', residentCode };
  const { applicationId } = mustSucceed(await applyForCard(cards, testAccess, wish), 'applying');
  const { certification } = cards;
  const withoutSignature: CardsContext = {
    ...cards,
    certification: {
      issueCertificate: (access, order) =>
        order.kind === 'signature'
          ? Promise.resolve(fail('substitute-needed', 'planted'))
          : certification.issueCertificate(access, order),
      revokeForCard: (access, cardId, reason) => certification.revokeForCard(access, cardId, reason),
      proveCard: (access, signed) => certification.proveCard(access, signed),
    },
  };
  const making = await makeCard(withoutSignature, testAccess, applicationId, softwareWorkshop(folder));
  const made = mustSucceed(making, 'making');
  const held = await openSoftwareCard(folder, made.cardId);
  const read = await held.readContents(['jpki/000a', 'jpki/000b', 'jpki/0001', 'jpki/0002', 'common/0001']);
  assert.deepEqual(Object.keys(mustSucceed(read, 'by the factory')), ['jpki/000a', 'common/0001']);
  const { keys } = mustSucceed(await held.status(), 'the status');
  assert.deepEqual(
    keys.map(({ kind, hasCertificate }) => [kind, hasCertificate]),
    [
      ['authentication', true],
      ['signature', false],
    ],
  );
  const card = await handOver(made, { authentication: '1234', signature: 'KIYOSE2026' });
  assert.equal(await authenticate(card, 'authentication', '1234'), `${residentCode} ${card.cardId}`);
});
