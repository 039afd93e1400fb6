/**
 * Keys, contents, certificates and the card's inspection. Order: the card gets its contents, makes its keys and asks; the
 * authorities certify; the certificates are written; another reader reads the card, and what it finds must be what was
 * ordered, and what the authorities issued for the keys that the card asked for. (In January 2016 some 26,000 cards were
 * suspected of defective chip data.)
 */

import type { CardKind } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { parseCertificate, parseCertificationRequest } from '@ishizue/x509';
import { MAKING_MS_MAX } from '../card/change-card.ts';
import type { CardsContext } from '../cards-context.ts';
import { personOnCard } from '../contents/card-press.ts';
import { encodeContents } from '../contents/encode-contents.ts';
import { findDifferences } from '../contents/find-differences.ts';
import { photoDigest } from '../photo/card-photo.ts';
import type { BegunCard } from './begin-making.ts';
import type { CardWorkshop, KindDer } from './card-workshop.ts';

/** `card-defective` ends the card; after the others the same call may be made again. */
export type PersonaliseFailure =
  | 'workshop-failed'
  | 'certificate-refused'
  | 'card-defective'
  | 'number-missing'
  | 'photo-not-made';

/** Of the authority's refusals those that concern the signature certificate only: the counter issues it later (domain 5.2). */
const LEFT_OUT: ReadonlySet<string> = new Set(['substitute-needed', 'holder-text-too-long']);

/** What came of it. */
export interface Personalised extends CertificateLeftOut {
  /** Of the photo that was read back from the chip; null where it has none. */
  readonly photoSha256: Buffer | null;
}

interface CertificateLeftOut {
  /** Why the card has no signature certificate, where it should have one. */
  readonly leftOut: string | null;
}

export async function personaliseCard(
  context: CardsContext,
  access: Access,
  begun: BegunCard,
  workshop: CardWorkshop,
): Promise<Result<Personalised, PersonaliseFailure>> {
  const { card, kinds, person } = begun;
  if (!person) throw new Error('a card that is made already is not made again');
  // half of it for contents and workshop leaves the other half for the authority's answer
  const issueUntil = context.clock.now() + MAKING_MS_MAX / 2;
  const { press } = context;
  const said = await personOnCard(press, card, person);
  if (!said.ok) return said;
  const contents = await encodeContents(press, said.value);
  const requests = await workshop.make({ cardId: card.cardId, kinds, contents });
  if (!requests.ok) return workshopFailed(requests.failure.code);
  if (!isOneOfEach(requests.value, kinds)) return workshopFailed('requests-incomplete');
  const certified = await certify(context, access, begun, requests.value, issueUntil);
  if (!certified.ok) return certified;
  const { certificates, leftOut } = certified.value;
  const written = await workshop.writeCertificates(card.cardId, certificates);
  if (!written.ok) return workshopFailed(written.failure.code);
  const found = await workshop.readBack(card.cardId);
  if (!found.ok) return workshopFailed(found.failure.code);
  const inspected = inspect(requests.value, certificates, found.value);
  if (!inspected.ok) return inspected;
  const read = await workshop.readContents(card.cardId, Object.keys(contents.files));
  if (!read.ok) return workshopFailed(read.failure.code);
  const differences = findDifferences(press, said.value, contents, read.value);
  if (differences.length > 0) return fail('card-defective', differences.join(', '));
  const { photo } = said.value; // what was read back is this
  return ok({ leftOut, photoSha256: photo ? photoDigest(photo) : null });
}

interface Certified extends CertificateLeftOut {
  readonly certificates: readonly KindDer[];
}

/** One certificate a request but for what is left out; asked again, the authority gives the same. */
async function certify(
  context: CardsContext,
  access: Access,
  { card, kinds, substitutes, previousCard }: BegunCard,
  requests: readonly KindDer[],
  issueUntil: number,
): Promise<Result<Certified, PersonaliseFailure>> {
  const certificates: KindDer[] = [];
  let leftOut: string | null = null;
  // one after the other: the signature certificate may not outlive the authentication certificate
  for (const kind of kinds) {
    if (context.clock.now() > issueUntil) return workshopFailed('too-slow');
    const issued = await context.certification.issueCertificate(access, {
      kind,
      requestId: `${card.cardId}/${kind}`,
      residentCode: card.residentCode,
      cardId: card.cardId,
      cardExpiresOn: card.expiresOn,
      certificationRequest: Buffer.from(derOf(requests, kind)),
      substitutes,
      ...(previousCard !== null && { renewsCard: previousCard }),
    });
    if (!issued.ok && kind === 'signature' && LEFT_OUT.has(issued.failure.code)) {
      leftOut = issued.failure.code;
      continue;
    }
    if (!issued.ok) return fail('certificate-refused', `${kind}: ${issued.failure.code}`);
    certificates.push({ kind, der: issued.value.certificate });
  }
  return ok({ certificates, leftOut });
}

const workshopFailed = (code: string) => fail('workshop-failed', `the workshop: ${code}`);

function isOneOfEach(given: readonly KindDer[], kinds: readonly CardKind[]): boolean {
  return given.length === kinds.length && kinds.every((kind) => given.some((each) => each.kind === kind));
}

function derOf(given: readonly KindDer[], kind: CardKind): Uint8Array {
  const found = given.find((each) => each.kind === kind);
  if (!found) throw new Error(`nothing of kind ${kind}`);
  return found.der;
}

function inspect(
  requests: readonly KindDer[],
  certificates: readonly KindDer[],
  found: readonly KindDer[],
): Result<undefined, 'card-defective'> {
  const kinds = certificates.map(({ kind }) => kind);
  if (!isOneOfEach(found, kinds)) return fail('card-defective', 'not the certificates that were written');
  for (const { kind, der } of certificates) {
    const read = derOf(found, kind);
    if (Buffer.compare(read, der) !== 0)
      return fail('card-defective', `${kind}: read back otherwise than written`);
    const certificate = parseCertificate(read);
    const request = parseCertificationRequest(derOf(requests, kind));
    if (!certificate.ok || !request.ok) return fail('card-defective', `${kind}: unreadable`);
    if (Buffer.compare(certificate.value.publicKey.der, request.value.publicKey.der) !== 0)
      return fail('card-defective', `${kind}: the certificate is of another key`);
  }
  return ok(undefined);
}
