/**
 * Certifying keys of nodes, one or many: stored before signing, so that a crash leaves a row and no unknown certificate;
 * then, in one transaction, signature, the links' directory, the end of the keys before, act and ledger entry. A node's
 * earlier key is accepted beside its new one for the policy's overlap, so that no message is refused on its way.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { ok, type Result } from '@ishizue/outcome';
import { assembleSigned, formatSerialNumber, type PublicKeyInfo, signatureAlgorithm } from '@ishizue/x509';
import { type ActName, type KeyOperator, recordAct, refuseAct } from '../act.ts';
import type { KeyContext } from '../key-context.ts';
import { policyAt } from '../policy.ts';
import { encodeNodeCertificate, type NodeKind, PROFILES, validityOf } from '../profile/node-profile.ts';
import { drawSerial, issuingAuthority, type NodeAuthority } from '../root/authorities.ts';
import { type SigningCode, signingFailure } from '../signing-failure.ts';

/** A node and the key whose possession was proved. */
export interface NodeKey {
  readonly node: string;
  readonly kind: NodeKind;
  /** Of a terminal: its site. */
  readonly site: string | null;
  readonly publicKey: PublicKeyInfo;
}

/** A certificate that was issued. Instants are milliseconds since the epoch. */
export interface IssuedCertificate {
  readonly node: string;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly certificate: Uint8Array;
  /** Until when an earlier key of the node is accepted; undefined where there was none. */
  readonly overlapEnds?: number;
}

interface Prepared extends NodeKey {
  readonly serial: string;
  readonly tbs: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
}

const SIGNED_AT_ONCE = 100;
const RAW_KEY_BYTES = 32;
/** Issuing takes turns, so that two of one key cannot both be completed. */
const ISSUING_LOCK = 5_140_301;

/** Certifies the keys; a key that is certified already is left out. Nodes that are new are entered. */
export async function certifyNodes(
  context: KeyContext,
  by: KeyOperator,
  act: ActName,
  keys: readonly NodeKey[],
): Promise<Result<readonly IssuedCertificate[], SigningCode>> {
  const authority = await issuingAuthority(context);
  const prepared = await prepare(context, authority, keys);
  const signatures = await signAll(context, authority, prepared);
  if (!signatures.ok) {
    const nodes = keys.map(({ node }) => node);
    return refuseAct(context, by, { act, nodes }, signatures.failure);
  }
  return inTransaction(context.sql, { site: context.site }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(${ISSUING_LOCK})`;
    const signed = await storeSignatures(tx, prepared, signatures.value);
    const issued = await takeEffect(tx, context, signed);
    if (issued.length > 0)
      await recordAct(tx, context, by, { act, nodes: issued.map(({ node }) => node), result: 'ok' });
    return ok(issued);
  });
}

async function prepare(
  context: KeyContext,
  authority: NodeAuthority,
  keys: readonly NodeKey[],
): Promise<readonly Prepared[]> {
  const { sql, clock, origin } = context;
  const now = clock.now();
  const policy = await policyAt(sql, now);
  const { generation, certificate } = authority;
  const issuer = { generation, publicKey: certificate.publicKey, notAfter: certificate.notAfter };
  const prepared = keys.map((key): Prepared => {
    const serial = drawSerial(context.randomBytes);
    const days = key.kind === 'site' ? policy.siteDays : policy.terminalDays;
    const tbs = encodeNodeCertificate({ ...key, issuer, serial, now, days, origin });
    return { ...key, serial: formatSerialNumber(serial), tbs, ...validityOf({ issuer, now, days }) };
  });
  await inTransaction(sql, { site: context.site }, async (tx) => {
    await tx`
      INSERT INTO key_server.node (name, kind, site, enrolled_at)
      SELECT name, kind, site, ${new Date(now)} FROM unnest(
        ${prepared.map(({ node }) => node)}::text[], ${prepared.map(({ kind }) => kind)}::text[],
        ${prepared.map(({ site }) => site)}::text[]) AS n (name, kind, site)
      ON CONFLICT (name) DO NOTHING`;
    await tx`
      INSERT INTO key_server.certificate (serial, generation, node, public_key, tbs, not_before, not_after)
      SELECT serial, ${generation}, node, decode(public_key, 'hex'), decode(tbs, 'hex'), not_before::timestamptz,
             not_after::timestamptz
      FROM unnest(
        ${prepared.map(({ serial }) => serial)}::text[], ${prepared.map(({ node }) => node)}::text[],
        ${prepared.map(({ publicKey }) => hexOf(rawKeyOf(publicKey)))}::text[],
        ${prepared.map(({ tbs }) => hexOf(tbs))}::text[],
        ${prepared.map(({ notBefore }) => new Date(notBefore).toISOString())}::text[],
        ${prepared.map(({ notAfter }) => new Date(notAfter).toISOString())}::text[]
      ) AS c (serial, node, public_key, tbs, not_before, not_after)`;
  });
  return prepared;
}

/** The driver carries no list of bytes. */
const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

const rawKeyOf = ({ der }: PublicKeyInfo): Buffer => Buffer.from(der.subarray(-RAW_KEY_BYTES));

async function signAll(
  { signer }: KeyContext,
  { keyName }: NodeAuthority,
  prepared: readonly Prepared[],
): Promise<Result<readonly Buffer[], SigningCode>> {
  const signatures: Buffer[] = [];
  for (let start = 0; start < prepared.length; start += SIGNED_AT_ONCE) {
    const some = prepared.slice(start, start + SIGNED_AT_ONCE);
    const answers = await Promise.all(
      some.map(({ kind, tbs }) => signer.signCertificate({ key: keyName, profile: PROFILES[kind], tbs })),
    );
    for (const answer of answers) {
      if (!answer.ok) return signingFailure(answer.failure);
      signatures.push(answer.value);
    }
  }
  return ok(signatures);
}

/** Stores the signatures of keys that have no certificate yet, of nodes that are not revoked. */
async function storeSignatures(
  tx: Tx,
  prepared: readonly Prepared[],
  signatures: readonly Buffer[],
): Promise<readonly (Prepared & { readonly signature: Buffer })[]> {
  const rows = await tx<{ serial: string }[]>`
    UPDATE key_server.certificate c SET signature = decode(g.signature, 'hex')
    FROM unnest(${prepared.map(({ serial }) => serial)}::text[], ${signatures.map(hexOf)}::text[]) AS g (serial, signature)
    WHERE c.serial = g.serial
      AND NOT EXISTS (SELECT FROM key_server.node n WHERE n.name = c.node AND n.revoked_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM key_server.certificate o
        WHERE o.public_key = c.public_key AND o.signature IS NOT NULL)
    RETURNING c.serial`;
  const stored = new Set(rows.map(({ serial }) => serial));
  return prepared.flatMap((one, index) => {
    const signature = signatures[index];
    return signature && stored.has(one.serial) ? [{ ...one, signature }] : [];
  });
}

/** From here on the new keys are accepted and, for sites, signed with; those before end after the overlap. */
async function takeEffect(
  tx: Tx,
  { clock }: KeyContext,
  signed: readonly (Prepared & { readonly signature: Buffer })[],
): Promise<readonly IssuedCertificate[]> {
  const now = clock.now();
  const { overlapMinutes } = await policyAt(tx, now);
  const ends = new Date(now + overlapMinutes * 60_000);
  const serials = signed.map(({ serial }) => serial);
  const superseded = await tx<{ node: string; publicKey: Buffer }[]>`
    UPDATE key_server.certificate c
    SET ended_at = ${ends}, ended_for = 'superseded'
    FROM key_server.certificate n
    WHERE n.serial = ANY (${serials}::text[]) AND c.node = n.node AND c.serial <> n.serial
      AND NOT c.serial = ANY (${serials}::text[]) AND c.signature IS NOT NULL AND c.ended_at IS NULL
    RETURNING c.node, c.public_key AS "publicKey"`;
  const issued = signed.map((one): IssuedCertificate => {
    const { node, serial, notBefore, notAfter } = one;
    const certificate = assembleSigned(one.tbs, signatureAlgorithm('p384'), one.signature);
    const isRotation = superseded.some((before) => before.node === node);
    return {
      node,
      serial,
      notBefore,
      notAfter,
      certificate,
      ...(isRotation && { overlapEnds: ends.getTime() }),
    };
  });
  const sites = signed.filter(({ kind }) => kind === 'site');
  await tellLinks(tx, sites, issued);
  await tx`
    SELECT link.end_keys(node, decode(public_key, 'hex'), ${ends})
    FROM unnest(${superseded.map(({ node }) => node)}::text[],
                ${superseded.map(({ publicKey }) => hexOf(publicKey))}::text[]) AS b (node, public_key)`;
  return issued;
}

/** The directory of the links; sites that are not open here have none. */
async function tellLinks(
  tx: Tx,
  sites: readonly Prepared[],
  issued: readonly IssuedCertificate[],
): Promise<void> {
  if (sites.length === 0) return;
  const certificates = new Map(issued.map(({ node, certificate }) => [node, certificate]));
  await tx`
    WITH given AS (
      SELECT site, decode(key, 'hex') AS key, decode(certificate, 'hex') AS certificate,
             not_before::timestamptz AS not_before, not_after::timestamptz AS not_after
      FROM unnest(
        ${sites.map(({ node }) => node)}::text[], ${sites.map(({ publicKey }) => hexOf(rawKeyOf(publicKey)))}::text[],
        ${sites.map(({ node }) => hexOf(certificates.get(node) ?? Buffer.alloc(0)))}::text[],
        ${sites.map(({ notBefore }) => new Date(notBefore).toISOString())}::text[],
        ${sites.map(({ notAfter }) => new Date(notAfter).toISOString())}::text[]
      ) AS g (site, key, certificate, not_before, not_after)
    ), listed AS (
      SELECT array_agg(site) AS sites, array_agg(key) AS keys, array_agg(certificate) AS certificates,
             array_agg(not_before) AS not_before, array_agg(not_after) AS not_after
      FROM given
    ), taken AS (
      SELECT c.site FROM listed l,
        LATERAL link.certify_keys(l.sites, l.keys, l.certificates, l.not_before, l.not_after) AS c (site)
    )
    SELECT link.sign_with(g.site, g.key) FROM taken t JOIN given g ON g.site = t.site`;
}
