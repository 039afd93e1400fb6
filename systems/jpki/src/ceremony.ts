/**
 * The first ceremony, at set-up: keys and self-signed certificates of all authorities, their first responders and lists.
 * Later generations take two persons (ceremony/, docs/flows/authority-generations.md) and the same steps. It may be
 * repeated at any time and completes what a crash left undone: a key is made once a name, and what is to be signed is
 * stored first. The transcript is made of what is stored, so every repetition gives the same text.
 */
import { dateInTokyo } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { fingerprint, formatSerialNumber, publicKeyHash } from '@ishizue/x509';
import { type Authority, authorityLabel } from './authority/authorities.ts';
import { ensureResponders, type Responder, respondersOf } from './authority/responders.ts';
import { pointsOf } from './crl/distribution-points.ts';
import { type PublishFailure, publishList } from './crl/publish-list.ts';
import { listedPoints } from './crl/published-lists.ts';
import { WHOLE_GENERATION } from './crl/revoked-entries.ts';
import type { JpkiContext } from './jpki-context.ts';
import { encodeAuthorityCertificate } from './profile/authority-certificate.ts';
import { CERTIFICATE_KINDS, type CertificateKind, PROFILE_NAMES } from './profile/certificate-kind.ts';
import type { CertifiedKey } from './profile/key-types.ts';
import { findClockRefusal, signingFailure } from './signing-failure.ts';

export type CeremonyFailure =
  | PublishFailure
  /** The rule of the day does not let an authority have such a key. */
  | 'key-not-allowed';

const FIRST = 1;

export interface CeremonyOrder {
  /** Who performs it: an operator's id. */
  readonly performedBy: string;
  /** Of which authorities; all where nothing is said. */
  readonly kinds?: readonly CertificateKind[];
  /** Of their keys; the first of the day's rule where nothing is said. What is stored already keeps its own. */
  readonly keyType?: CertifiedKey;
}

/** Performs or completes the ceremony; answers the transcript, to be kept in a file. */
export async function performCeremony(
  context: JpkiContext,
  { kinds = CERTIFICATE_KINDS, ...order }: CeremonyOrder,
): Promise<Result<string, CeremonyFailure>> {
  for (const kind of kinds) {
    const made = await ensureAuthority(context, kind, FIRST, order);
    if (!made.ok) return made;
  }
  context.authorities.forget();
  const responders = await ensureResponders(context);
  if (!responders.ok) return responders;
  const authorities = (await context.authorities.all()).filter((each) => each.generation === FIRST);
  for (const authority of authorities) {
    const listed = await publishFirstLists(context, authority);
    if (!listed.ok) return listed;
  }
  return ok(transcriptOf(authorities, await respondersOf(context)));
}

type AuthorityOrder = Pick<CeremonyOrder, 'performedBy' | 'keyType'>;

interface StoredAuthority {
  readonly keyName: string;
  readonly tbs: Buffer;
  readonly signature: Buffer | null;
}

async function findStored(
  { sql }: JpkiContext,
  kind: CertificateKind,
  generation: number,
): Promise<StoredAuthority | undefined> {
  const [stored] = await sql<StoredAuthority[]>`
    SELECT key_name AS "keyName", tbs, signature FROM jpki.authority
    WHERE kind = ${kind} AND generation = ${generation}`;
  return stored;
}

/** Makes the key and stores what is to be signed; of two who do so at once the first is kept. */
async function storeDraft(
  context: JpkiContext,
  kind: CertificateKind,
  generation: number,
  { performedBy, keyType: ordered }: AuthorityOrder,
): Promise<Result<undefined, CeremonyFailure>> {
  const { profile, signer } = context;
  const refusal = findClockRefusal(context);
  if (refusal) return refusal;
  const now = context.clock.now();
  const allowed = profile.keyTypes.authority.get(dateInTokyo(now));
  const keyType = ordered ?? allowed[0];
  if (!allowed.includes(keyType)) return fail('key-not-allowed', `no authority has a ${keyType} key today`);
  // a key is of one algorithm for good, so the others have names of their own
  const keyName = `jpki/${kind}/ca-${generation}${keyType === 'rsa-2048' ? '' : `-${keyType}`}`;
  const uses = [PROFILE_NAMES.authority[kind], PROFILE_NAMES.certificate[kind], PROFILE_NAMES.responder].map(
    (name) => `certificate:${name}`,
  );
  const publicKey = await signer.generateKey(keyName, keyType, [...uses, 'crl']);
  if (!publicKey.ok) return signingFailure(publicKey.failure);
  const draft = { profile, kind, generation, publicKey: publicKey.value, notBefore: now };
  await context.sql`
    INSERT INTO jpki.authority (kind, generation, key_name, tbs, performed_by, performed_at, issues_from)
    VALUES (${kind}, ${generation}, ${keyName}, ${Buffer.from(encodeAuthorityCertificate(draft))}, ${performedBy},
      ${new Date(now)}, ${generation === FIRST ? new Date(now) : null})
    ON CONFLICT DO NOTHING`;
  return ok(undefined);
}

/** Makes a generation, or completes what a crash left of it. The first issues at once, any other when that is decided. */
export async function ensureAuthority(
  context: JpkiContext,
  kind: CertificateKind,
  generation: number,
  order: AuthorityOrder,
): Promise<Result<undefined, CeremonyFailure>> {
  const { sql, signer } = context;
  if (!(await findStored(context, kind, generation))) {
    const drafted = await storeDraft(context, kind, generation, order);
    if (!drafted.ok) return drafted;
  }
  const stored = await findStored(context, kind, generation);
  if (!stored) throw new Error('an authority that was stored is not there');
  if (stored.signature) return ok(undefined);
  const { keyName, tbs } = stored;
  const signature = await signer.signCertificate({
    key: keyName,
    profile: PROFILE_NAMES.authority[kind],
    tbs,
  });
  if (!signature.ok) return signingFailure(signature.failure);
  await sql`
    UPDATE jpki.authority SET signature = ${signature.value}
    WHERE kind = ${kind} AND generation = ${generation} AND signature IS NULL`;
  return ok(undefined);
}

/** A list for the generation and one for each area that certificates may name; those whose files are there stay. */
export async function publishFirstLists(
  context: JpkiContext,
  authority: Authority,
): Promise<Result<undefined, CeremonyFailure>> {
  const listed = await listedPoints(context, authority);
  for (const point of [undefined, ...(await pointsOf(context, authority.kind))]) {
    if (listed.has(point?.id ?? WHOLE_GENERATION)) continue;
    const published = await publishList(context, authority, point);
    if (!published.ok) return published;
  }
  return ok(undefined);
}

const transcriptOf = (authorities: readonly Authority[], responders: readonly Responder[]): string =>
  ['JPKI key ceremony', '', ...linesOf(authorities, responders)].join('\n');

/** What was made, line by line. */
export function linesOf(
  authorities: readonly Authority[],
  responders: readonly Responder[],
): readonly string[] {
  const lines: string[] = [];
  for (const authority of authorities) {
    const { certificate } = authority;
    lines.push(
      `authority     ${authorityLabel(authority)}`,
      `performed by  ${authority.performedBy}`,
      `performed at  ${new Date(authority.performedAt).toISOString()}`,
      `key           ${authority.keyName}`,
      `subject       ${String(certificate.subject)}`,
      `serial        ${formatSerialNumber(certificate.serial)}`,
      `valid         ${new Date(certificate.notBefore).toISOString()} to ${new Date(certificate.notAfter).toISOString()}`,
      `spki sha-256  ${hex(publicKeyHash(certificate.publicKey))}`,
      `cert sha-256  ${hex(fingerprint(certificate))}`,
      '',
    );
    for (const responder of responders.filter(({ authority: under }) => under === authority)) {
      lines.push(
        `responder     ${responder.keyName}`,
        `serial        ${formatSerialNumber(responder.certificate.serial)}`,
        `spki sha-256  ${hex(publicKeyHash(responder.certificate.publicKey))}`,
        `cert sha-256  ${hex(fingerprint(responder.certificate))}`,
        '',
      );
    }
  }
  return lines;
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
