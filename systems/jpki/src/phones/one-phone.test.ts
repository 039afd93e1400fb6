/**
 * A person's phone and card in any interleaving of what can happen to them (docs/flows/phone-certificates.md steps 3 to 6): one
 * phone a person, never past the card, and of each end an entry in the ledger.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { fail } from '@ishizue/outcome';
import { NATIONAL_SITE, recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { issueCertificate } from '../issue-certificate.ts';
import type { JpkiSigner } from '../jpki-context.ts';
import { beginRenewal } from '../renewal/begin-renewal.ts';
import { confirmRenewal } from '../renewal/confirm-renewal.ts';
import { revokeCertificates, revokeForCard } from '../revoke-certificates.ts';
import { makeCardKey, requestOf, type TestJpki, testJpki } from '../testing/index.ts';
import { type CardHolder, endWithCard, makePhone, signedApplication } from '../testing/phones.ts';
import { renewalFor } from '../testing/renewals.ts';
import { applyForPhone } from './apply-for-phone.ts';
import { reportPhoneLost } from './end-phone.ts';

const RUNS = 8;
const PHONES = [makePhone(), makePhone()];
const KINDS = ['signature', 'authentication'] as const;
const cardKey = makeCardKey();

/** What may happen; the number says with which phone, at which certificate the signer is away, or which kind. */
type Act = readonly [
  'apply' | 'killed' | 'renew' | 'renew-at-desk' | 'end' | 'lost' | 'void' | 'hold' | 'move' | 'die',
  0 | 1,
];

const acts: fc.Arbitrary<Act> = fc.tuple(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Act[0]>('apply') },
    {
      weight: 6,
      arbitrary: fc.constantFrom<Act[0][]>('killed', 'renew', 'renew-at-desk', 'end', 'lost', 'hold', 'move'),
    },
    { weight: 1, arbitrary: fc.constantFrom<Act[0][]>('void', 'die') },
  ),
  fc.constantFrom<Act[1][]>(0, 1),
);

/** A signer that is away for the first certificate, or from the second on. */
function awayAt(signer: JpkiSigner, nth: 0 | 1): JpkiSigner {
  let signed = 0;
  return {
    generateKey: (...all) => signer.generateKey(...all),
    signList: (request) => signer.signList(request),
    signOcsp: (request) => signer.signOcsp(request),
    signCertificate: (request) =>
      signed++ < nth
        ? signer.signCertificate(request)
        : Promise.resolve(fail('signer-unavailable', 'killed')),
  };
}

/** Everything that happens to one person; what is refused changes nothing, which the invariants see. */
class Lived {
  readonly #jpki: TestJpki;
  readonly #holder: CardHolder;
  readonly #drain: () => Promise<void>;
  /** What was signed, to be handed in again. */
  readonly #applications: Awaited<ReturnType<typeof signedApplication>>[] = [];
  #requests = 0;

  constructor(jpki: TestJpki, holder: CardHolder, drain: () => Promise<void>) {
    this.#jpki = jpki;
    this.#holder = holder;
    this.#drain = drain;
  }

  async perform([name, which]: Act): Promise<unknown> {
    const { context, signer, country } = this.#jpki;
    const { residentCode, cardId } = this.#holder;
    const kind = KINDS[which];
    switch (name) {
      case 'apply':
        return applyForPhone(context, await this.#application(which));
      case 'killed':
        return applyForPhone({ ...context, signer: awayAt(signer, which) }, await this.#application(which));
      case 'renew':
        return this.#renew(kind);
      case 'renew-at-desk':
        return this.#renewAtDesk(kind);
      case 'end':
        return endWithCard(context, this.#holder, this.#applications.at(-1 - which)?.id ?? randomUUID());
      case 'lost':
        return reportPhoneLost(context, testAccess, residentCode);
      case 'void':
        return revokeForCard(context, testAccess, cardId, 'certificateHold');
      case 'hold': {
        const { serial } = this.#holder.certificates[kind];
        return revokeCertificates(context, testAccess, [{ kind, serial }], 'certificateHold');
      }
      case 'move': {
        const lot = `${++this.#requests}番`;
        const address = {
          wardCode: null,
          postalCode: '2040012',
          town: '中清戸一丁目',
          lot,
          building: null,
        };
        const event = { reason: 'move-within', residentCode, eventDate: '2026-11-20', address } as const;
        await recordEvent(country.context, KIYOSE, testAccess, this.#requestId(), event);
        return this.#drain();
      }
      case 'die': {
        const event = { reason: 'death', residentCode, eventDate: '2026-11-20' } as const;
        await recordEvent(country.context, KIYOSE, testAccess, this.#requestId(), event);
        return this.#drain();
      }
    }
  }

  /** A new statement, or one that was handed in before: an old application may come again at any time. */
  async #application(which: 0 | 1) {
    const [phone] = PHONES.slice(which);
    assert.ok(phone);
    const old = this.#applications.at(-2);
    if (old && this.#applications.length % 3 === 0) return old;
    const application = await signedApplication(this.#jpki.context, this.#holder, phone);
    this.#applications.push(application);
    return application;
  }

  async #renew(kind: (typeof KINDS)[number]): Promise<void> {
    const { residentCode, cardId, key } = this.#holder;
    const issued = await issueCertificate(this.#jpki.context, testAccess, {
      kind,
      residentCode,
      cardId,
      requestId: this.#requestId(),
      cardExpiresOn: '2036-02-17',
      certificationRequest: requestOf(key),
    });
    if (issued.ok) this.#holder.certificates = { ...this.#holder.certificates, [kind]: issued.value };
  }

  async #renewAtDesk(kind: (typeof KINDS)[number]): Promise<void> {
    const { residentCode, cardId, key } = this.#holder;
    const requestId = this.#requestId();
    const order = { kind, cardId, requestId, certificationRequest: requestOf(key) };
    const offer = await beginRenewal(this.#jpki.context, testAccess, renewalFor(residentCode, order));
    if (!offer.ok) return;
    const readBack = offer.value.certificate;
    const done = await confirmRenewal(this.#jpki.context, testAccess, { requestId, cardId, readBack });
    if (!done.ok) return;
    const certificate = { ...offer.value, kind };
    this.#holder.certificates = { ...this.#holder.certificates, [kind]: certificate };
  }

  #requestId = (): string => `request-${this.#holder.residentCode}-${++this.#requests}`;
}

test('in any interleaving a person has one phone, it never outlives the card, and each end has its entry', async (t) => {
  const jpki = await testJpki(t, { hasPhones: true });
  const { context, country } = jpki;
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const codes = await jpki.enrol(
    Array.from({ length: RUNS }, (_, index) => ({ resident_number: String(index + 1) })),
  );
  let draining = Promise.resolve();
  const drain = (): Promise<void> => (draining = draining.then(() => country.settle()));

  const checkNow = async (residentCode: string): Promise<void> => {
    const [phones] = await context.sql`
      SELECT count(DISTINCT application)::int AS applications, count(*)::int AS certificates,
        count(DISTINCT kind)::int AS kinds,
        count(*) FILTER (WHERE NOT EXISTS (SELECT FROM jpki.certificate card
          WHERE card.kind = substr(c.kind, 7) AND card.serial = c.bound_serial AND card.signature IS NOT NULL
            AND card.revoked_at IS NULL AND card.expires_at >= c.expires_at))::int AS unbound
      FROM jpki.certificate c
      WHERE resident_code = ${residentCode} AND application IS NOT NULL AND signature IS NOT NULL
        AND revoked_at IS NULL`;
    assert.ok(phones?.['applications'] <= 1, 'one phone');
    assert.equal(phones?.['certificates'], phones?.['kinds'], 'one certificate of a kind');
    assert.equal(phones?.['unbound'], 0, 'none without the card’s');
    const ended = await context.sql<{ line: string }[]>`
      SELECT kind || ' ' || count(*) AS line FROM jpki.certificate
      WHERE resident_code = ${residentCode} AND revoked_at IS NOT NULL GROUP BY kind ORDER BY kind`;
    const entered = await superuser<{ line: string }[]>`
      SELECT left(fields[1], -12) || ' ' || count(*) AS line FROM ledger.entry
      WHERE subject = ${context.pseudonyms.of(NATIONAL_SITE, residentCode)} AND site = ${NATIONAL_SITE}
        AND result IN ('revoked', 'superseded') AND fields[1] LIKE '%-certificate' GROUP BY fields[1] ORDER BY 1`;
    const lines = (rows: readonly { readonly line: string }[]) => rows.map(({ line }) => line);
    assert.deepEqual(lines(entered), lines(ended), 'of each end one entry');
  };

  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(acts, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 6 }),
      async (rounds) => {
        const residentCode = codes[runs++] ?? '';
        const cardId = `card-of-${residentCode}`;
        const issue = (kind: (typeof KINDS)[number]) =>
          jpki.issue({ residentCode, kind, cardId, certificationRequest: requestOf(cardKey) });
        const certificates = {
          authentication: await issue('authentication'),
          signature: await issue('signature'),
        };
        const lived = new Lived(jpki, { residentCode, cardId, key: cardKey, certificates }, drain);
        await lived.perform(['apply', 0]);
        for (const round of rounds) {
          country.clock.advance(1_000);
          await Promise.all(round.map((act) => lived.perform(act)));
          await checkNow(residentCode);
        }
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
});
