/**
 * Cards in the small country of the registry's tests: a certification authority that lives in memory, a workshop that may
 * be told to fail, and residents to give cards to. For tests of this package and of those that stand on it.
 */
import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { CardKind, IssueOrder, SignInAccess } from '@ishizue/jpki';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { procedureSchema } from '@ishizue/procedure';
import { type Access, importRegister, NATIONAL_SITE } from '@ishizue/registry';
import {
  type CountryOptions,
  KIYOSE,
  registerFile,
  type TestCountry,
  testAccess,
  testCountry,
} from '@ishizue/registry/testing';
import {
  assembleSigned,
  attribute,
  encodeCertificationRequestInfo,
  encodeName,
  encodeTbsCertificate,
  parseCertificate,
  parseCertificationRequest,
  type RevocationReason,
  serialNumber,
  signatureAlgorithm,
  verifyPossession,
  verifyWithKey,
} from '@ishizue/x509';
import { cardsTopics } from '../apply-identity-changed.ts';
import type { CardView } from '../card/card-view.ts';
import type { CardProof, CardsContext, Certification, ProvedCard } from '../cards-context.ts';
import { type CardContents, CONTENT_FILES } from '../contents/card-contents.ts';
import { readFaceImages } from '../contents/face-images.ts';
import {
  type CardInReader,
  type HandOverInHouseFailure,
  handOverInHouse,
} from '../hand-over/in-one-house.ts';
import type { CardWorkshop, KindDer } from '../making/card-workshop.ts';
import { cardsSchema } from '../schema.ts';
import { testPress } from './test-press.ts';

export { type DoorForTest, serveDoor } from './door.ts';
export { testPress } from './test-press.ts';

const makeKeyPair = promisify(generateKeyPair);

interface Key {
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
}

async function makeKey(): Promise<Key> {
  const pair = await makeKeyPair('ec', { namedCurve: 'prime256v1' });
  return {
    privateKey: pair.privateKey,
    publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }),
  };
}

const signTbs = (tbs: Uint8Array, key: Key): Uint8Array =>
  assembleSigned(tbs, signatureAlgorithm('p256'), sign('sha256', tbs, key.privateKey));

interface IssuedForTest {
  readonly order: IssueOrder;
  readonly certificate: Uint8Array;
  revoked: RevocationReason | undefined;
}

/** A certification authority without persons: one certificate a request, and revocation that is final. */
export class TestCertification implements Certification {
  readonly issued = new Map<string, IssuedForTest>();
  /** Refuses revocations for a time. */
  isClosed = false;
  readonly #key = makeKey();

  async issueCertificate(
    _access: Access,
    order: IssueOrder,
  ): Promise<Result<{ readonly certificate: Uint8Array }>> {
    const key = await this.#key; // before the look, so that nobody issues between look and entry
    const earlier = this.issued.get(order.requestId);
    if (earlier) return ok({ certificate: earlier.certificate });
    const request = parseCertificationRequest(order.certificationRequest);
    if (!request.ok) return request;
    const possession = verifyPossession(request.value);
    if (!possession.ok) return possession;
    const certificate = signTbs(
      encodeTbsCertificate({
        serial: serialNumber(BigInt(`0x${randomBytes(4).toString('hex')}`) + 1n),
        signatureAlgorithm: signatureAlgorithm('p256'),
        issuer: encodeName([attribute('CN', 'Test authority')]),
        notBefore: Date.parse('2026-01-01T00:00:00Z'),
        notAfter: Date.parse(`${order.cardExpiresOn}T14:59:59Z`),
        subject: encodeName([attribute('CN', order.cardId)]),
        publicKey: request.value.publicKey.der,
        extensions: [],
      }),
      key,
    );
    this.issued.set(order.requestId, { order, certificate, revoked: undefined });
    return ok({ certificate });
  }

  /** By the certificate as it was issued, and the signature of its key. */
  async proveCard(_access: SignInAccess, signed: CardProof): Promise<Result<ProvedCard>> {
    const der = Buffer.from(signed.certificate);
    const found = [...this.issued.values()].find(({ certificate }) => der.equals(certificate));
    if (!found || found.order.kind !== 'authentication')
      return fail('certificate-unknown', 'not issued here');
    if (found.revoked) return fail('certificate-revoked', found.revoked);
    const { publicKey } = mustSucceed(parseCertificate(found.certificate), 'a certificate of ours');
    if (!verifyWithKey(signed.challenge, signed.signature, publicKey).ok)
      return fail('challenge-signature-invalid', 'the key did not sign this challenge');
    const { cardId, residentCode } = found.order;
    return ok({ cardId, residentCode });
  }

  revokeForCard(_access: Access, cardId: string, reason: RevocationReason): Promise<Result<undefined>> {
    if (this.isClosed) return Promise.resolve(fail('closed', 'closed for a time'));
    for (const each of this.issued.values()) if (each.order.cardId === cardId) each.revoked ??= reason;
    return Promise.resolve(ok(undefined));
  }

  /** Why the certificates of a card were revoked, `live` where they were not; in the order of issue. */
  standingOf(cardId: string): readonly string[] {
    return [...this.issued.values()]
      .filter(({ order }) => order.cardId === cardId)
      .map(({ order, revoked }) => `${order.kind}: ${revoked ?? 'live'}`);
  }
}

/** The photo in the files of a card; undefined where there is none. */
function photoIn(files: CardContents['files']): Buffer | undefined {
  const face = readFaceImages(files[CONTENT_FILES.faceImages] ?? Buffer.of());
  return face && face.photo.length > 0 ? face.photo : undefined;
}

interface CardForTest {
  readonly keys: Map<CardKind, Key>;
  certificates: readonly KindDer[];
  readonly contents: CardContents;
}

/** A workshop in memory. A test damages what is read back, or wraps its operations, to see what happens. */
export class TestWorkshop implements CardWorkshop {
  readonly cards = new Map<string, CardForTest>();
  readonly #making = new Map<string, Promise<CardForTest>>();
  /** How often keys were made, one for each card. */
  made = 0;
  damage: (found: readonly KindDer[]) => readonly KindDer[] = (found) => found;
  damageContents: (found: CardContents['files']) => CardContents['files'] = (found) => found;

  async make(order: {
    readonly cardId: string;
    readonly kinds: readonly CardKind[];
    readonly contents: CardContents;
  }): Promise<Result<readonly KindDer[]>> {
    // the promise is kept, not the card: whoever asks meanwhile gets the same keys
    const making = this.#making.get(order.cardId) ?? this.#makeCard(order.kinds, order.contents);
    this.#making.set(order.cardId, making);
    const card = await making;
    this.cards.set(order.cardId, card);
    const subject = encodeName([attribute('CN', order.cardId)]);
    return ok(
      [...card.keys].map(([kind, key]) => ({
        kind,
        der: signTbs(encodeCertificationRequestInfo({ subject, publicKey: key.publicKey }), key),
      })),
    );
  }

  async #makeCard(kinds: readonly CardKind[], contents: CardContents): Promise<CardForTest> {
    this.made += 1;
    const keys = new Map<CardKind, Key>();
    for (const kind of kinds) keys.set(kind, await makeKey());
    return { keys, certificates: [], contents };
  }

  writeCertificates(cardId: string, certificates: readonly KindDer[]): Promise<Result<undefined>> {
    const card = this.cards.get(cardId);
    if (!card) return Promise.resolve(fail('card-absent', 'there is no such card'));
    card.certificates = certificates;
    return Promise.resolve(ok(undefined));
  }

  /** The card in the counter's reader, its PINs set. */
  inReader(cardId: string): CardInReader {
    const card = this.cards.get(cardId);
    const key = card?.keys.get('authentication');
    const certificate = card?.certificates.find(({ kind }) => kind === 'authentication')?.der;
    if (!key || !certificate) throw new Error('no such card was made here');
    return {
      readCertificate: () => Promise.resolve(certificate),
      sign: (challenge) => Promise.resolve(sign('sha256', challenge, key.privateKey)),
      readPhoto: () => Promise.resolve(photoIn(card.contents.files)),
    };
  }

  readBack(cardId: string): Promise<Result<readonly KindDer[]>> {
    return Promise.resolve(ok(this.damage(this.cards.get(cardId)?.certificates ?? [])));
  }

  readContents(cardId: string, files: readonly string[]): Promise<Result<CardContents['files']>> {
    const written = this.damageContents(this.cards.get(cardId)?.contents.files ?? {});
    return Promise.resolve(
      ok(Object.fromEntries(Object.entries(written).filter(([file]) => files.includes(file)))),
    );
  }
}

export interface CardsCountry extends TestCountry {
  readonly cards: CardsContext;
  readonly certification: TestCertification;
  readonly workshop: TestWorkshop;
  /** Residents of Kiyose of these rows, loaded and known at the national site; their resident codes. */
  settleIn(rows: readonly Readonly<Record<string, string>>[]): Promise<readonly string[]>;
}

/** A card that was made, all the way to its holder, in one house. */
export function handOverCard(
  { cards, workshop }: Pick<CardsCountry, 'cards' | 'workshop'>,
  cardId: string,
): Promise<Result<CardView, HandOverInHouseFailure>> {
  const nobody: CardInReader = {
    readCertificate: () => Promise.resolve(Buffer.of()),
    sign: () => Promise.resolve(Buffer.of()),
    readPhoto: () => Promise.resolve(undefined),
  };
  const inReader = workshop.cards.has(cardId) ? workshop.inReader(cardId) : nobody;
  return handOverInHouse(cards, testAccess, { cardId, inReader, oldCard: 'returned' });
}

/** The registry's test country with cards at the national site. */
export async function cardsCountry(t: TestContext, options: CountryOptions = {}): Promise<CardsCountry> {
  const link = `${NATIONAL_SITE}>${NATIONAL_SITE}:cards`;
  const country = await testCountry(t, {
    municipalities: [KIYOSE],
    ...options,
    schemas: [procedureSchema, cardsSchema, ...(options.schemas ?? [])],
    links: [link, ...(options.links ?? [])],
    changeLinks: [link, ...(options.changeLinks ?? [])],
  });
  const certification = new TestCertification();
  const cards: CardsContext = {
    sql: country.database.pool('cards'),
    clock: country.clock,
    pseudonyms: country.pseudonyms,
    registry: country.context,
    certification,
    press: await testPress(),
  };
  country.register('cards', cardsTopics(cards));
  return {
    ...country,
    cards,
    certification,
    workshop: new TestWorkshop(),
    settleIn: (rows) => settleIn(country, rows),
  };
}

const SETTLED = { became_resident_on: '2020-04-01', address_fixed_on: '2020-04-01' };

async function settleIn(
  country: TestCountry,
  rows: readonly Readonly<Record<string, string>>[],
): Promise<readonly string[]> {
  const session = country.database.session('registry');
  const sql = country.database.superuser();
  try {
    const text = async function* () {
      yield registerFile(
        rows.map((row) => ({ ...SETTLED, household_number: row['resident_number'] ?? '1', ...row })),
      );
    };
    const loaded = await importRegister(country.context, {
      municipality: KIYOSE,
      text: text(),
      access: testAccess,
      session,
      reject: (row) => Promise.reject(new Error(`a row of the test was refused: ${JSON.stringify(row)}`)),
    });
    mustSucceed(loaded, 'the test register');
    await country.settle();
    const numbers = rows.map((row) => row['resident_number'] ?? '1');
    const found = await sql<{ number: string; code: string }[]>`
      SELECT resident_number AS number, resident_code AS code FROM registry.municipal_resident
      WHERE resident_number = ANY(${numbers})`;
    const codes = new Map(found.map((row) => [row.number, row.code]));
    return numbers.map((number) => codes.get(number) ?? '');
  } finally {
    await session.end();
    await sql.end();
  }
}
