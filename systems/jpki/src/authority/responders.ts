/**
 * The keys that answer OCSP for the authorities: RSA-2048, certified for 90 days and without revocation check, renewed with
 * a new key when a third of that is left. Stored before signed, like every certificate here.
 */
import { mustSucceed, ok, type Result } from '@ishizue/outcome';
import { assembleCertificate, type Certificate, parseCertificate } from '@ishizue/x509';
import type { JpkiContext } from '../jpki-context.ts';
import { type CertificateKind, PROFILE_NAMES } from '../profile/certificate-kind.ts';
import type { JpkiProfile } from '../profile/jpki-profile.ts';
import {
  encodeResponderCertificate,
  RESPONDER_DAYS,
  responderEnds,
} from '../profile/responder-certificate.ts';
import { responderSerial } from '../profile/serial-numbers.ts';
import { findClockRefusal, type SigningCode, signingFailure } from '../signing-failure.ts';
import type { Authority } from './authorities.ts';

export interface Responder {
  readonly authority: Authority;
  readonly number: number;
  readonly keyName: string;
  readonly certificate: Certificate;
}

interface ResponderRow {
  readonly kind: CertificateKind;
  readonly generation: number;
  readonly number: number;
  readonly keyName: string;
  readonly tbs: Buffer;
  readonly signature: Buffer | null;
  readonly expiresAt: Date;
}

const DAY_MS = 86_400_000;
const RENEWAL_MS = (RESPONDER_DAYS / 3) * DAY_MS;

/** Responders with a certificate, of all standing generations, the newest of each first. */
export async function respondersOf(context: JpkiContext): Promise<readonly Responder[]> {
  const authorities = await context.authorities.standing();
  const rows = await context.sql<(ResponderRow & { signature: Buffer })[]>`
    SELECT kind, generation, number, key_name AS "keyName", tbs, signature, expires_at AS "expiresAt"
    FROM jpki.responder WHERE signature IS NOT NULL ORDER BY kind, generation DESC, number DESC`;
  return rows.flatMap(({ kind, generation, number, keyName, tbs, signature }) => {
    const authority = authorities.find((each) => each.kind === kind && each.generation === generation);
    if (!authority) return [];
    const der = assembleCertificate(tbs, signature);
    const certificate = mustSucceed(parseCertificate(der), 'a stored responder');
    return [{ authority, number, keyName, certificate }];
  });
}

/** Gives every standing generation a responder that is good for a month or more: at the ceremony, and daily by a timer. */
export async function ensureResponders(context: JpkiContext): Promise<Result<undefined, SigningCode>> {
  const now = context.clock.now();
  for (const authority of await context.authorities.standing()) {
    const latest = await findLatest(context, authority);
    const isUnfinished = latest !== undefined && latest.signature === null;
    const ends = latest?.expiresAt.getTime() ?? 0;
    const isLast = ends >= authority.certificate.notAfter;
    if (!isUnfinished && (isLast || ends > now + RENEWAL_MS)) continue;
    const row = isUnfinished ? ok(latest) : await storeDraft(context, authority, (latest?.number ?? 0) + 1);
    if (!row.ok) return row;
    const signed = await sign(context, authority, row.value);
    if (!signed.ok) return signed;
  }
  return ok(undefined);
}

async function findLatest(
  context: JpkiContext,
  { kind, generation }: Authority,
): Promise<ResponderRow | undefined> {
  const [row] = await context.sql<ResponderRow[]>`
    SELECT kind, generation, number, key_name AS "keyName", tbs, signature, expires_at AS "expiresAt"
    FROM jpki.responder WHERE kind = ${kind} AND generation = ${generation} ORDER BY number DESC LIMIT 1`;
  return row;
}

/** A key is of one algorithm for good, so the other algorithm has names of its own. */
const keyNameOf = ({ kind, generation }: Authority, number: number, { responderKey }: JpkiProfile): string =>
  `jpki/${kind}/ocsp-${generation}-${number}${responderKey === 'rsa-2048' ? '' : `-${responderKey}`}`;

async function storeDraft(
  context: JpkiContext,
  authority: Authority,
  number: number,
): Promise<Result<ResponderRow, SigningCode>> {
  const refusal = findClockRefusal(context);
  if (refusal) return refusal;
  const keyName = keyNameOf(authority, number, context.profile);
  const publicKey = await context.signer.generateKey(keyName, context.profile.responderKey, ['ocsp']);
  if (!publicKey.ok) return signingFailure(publicKey.failure);
  const spec = {
    authority,
    serial: responderSerial(authority.generation, number),
    notBefore: context.clock.now(),
    authorityEnds: authority.certificate.notAfter,
    publicKey: publicKey.value,
    number,
  };
  const { kind, generation } = authority;
  await context.sql`
    INSERT INTO jpki.responder (kind, generation, number, key_name, tbs, expires_at)
    VALUES (${kind}, ${generation}, ${number}, ${keyName}, ${Buffer.from(encodeResponderCertificate(spec))},
      ${new Date(responderEnds(spec))})
    ON CONFLICT DO NOTHING`;
  const stored = await findLatest(context, authority);
  if (!stored) throw new Error('a responder that was stored is not there');
  return ok(stored);
}

async function sign(
  context: JpkiContext,
  authority: Authority,
  row: ResponderRow,
): Promise<Result<undefined, SigningCode>> {
  if (row.signature) return ok(undefined);
  const signature = await context.signer.signCertificate({
    key: authority.keyName,
    profile: PROFILE_NAMES.responder,
    tbs: row.tbs,
  });
  if (!signature.ok) return signingFailure(signature.failure);
  await context.sql`
    UPDATE jpki.responder SET signature = ${signature.value}
    WHERE kind = ${row.kind} AND generation = ${row.generation} AND number = ${row.number} AND signature IS NULL`;
  return ok(undefined);
}
