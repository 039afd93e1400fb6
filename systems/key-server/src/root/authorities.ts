/**
 * Generations of the node authority. A generation is stored before it signs itself, so that a crash leaves something to
 * complete; completing again changes nothing. The first is made at set-up, every other one by two persons.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { mustSucceed, ok, type Result } from '@ishizue/outcome';
import {
  assembleSigned,
  type Certificate,
  parseCertificate,
  parsePublicKeyInfo,
  signatureAlgorithm,
} from '@ishizue/x509';
import type { KeyContext } from '../key-context.ts';
import { encodeAuthority, PROFILES } from '../profile/node-profile.ts';
import { type SigningCode, signingFailure } from '../signing-failure.ts';

/** A generation that can issue. */
export interface NodeAuthority {
  readonly generation: number;
  readonly keyName: string;
  readonly certificate: Certificate;
}

const keyNameOf = (generation: number): string => `key-server/node-ca-${generation}`;
const USES = [
  `certificate:${PROFILES.authority}`,
  `certificate:${PROFILES.site}`,
  `certificate:${PROFILES.terminal}`,
  `crl:${PROFILES.list}`,
];

/** A random serial number of 16 octets that is positive and has no leading zero. */
export function drawSerial(randomBytes: (size: number) => Uint8Array): Uint8Array {
  const drawn = Uint8Array.from(randomBytes(16));
  drawn[0] = ((drawn[0] ?? 0) & 0x3f) | 0x40;
  return drawn;
}

/** The generations that signed themselves, the oldest first. */
export async function nodeAuthorities(context: Pick<KeyContext, 'sql'>): Promise<readonly NodeAuthority[]> {
  const rows = await context.sql<{ generation: number; key_name: string; tbs: Buffer; signature: Buffer }[]>`
    SELECT generation, key_name, tbs, signature FROM key_server.authority
    WHERE signature IS NOT NULL ORDER BY generation`;
  return rows.map(({ generation, key_name, tbs, signature }) => {
    const der = assembleSigned(tbs, signatureAlgorithm('p384'), signature);
    return {
      generation,
      keyName: key_name,
      certificate: mustSucceed(parseCertificate(der), 'our authority'),
    };
  });
}

/** The generation that issues at an instant: the latest that is valid. */
export async function issuingAuthority(context: KeyContext): Promise<NodeAuthority> {
  const now = context.clock.now();
  const found = (await nodeAuthorities(context)).findLast(
    ({ certificate }) => certificate.notBefore <= now && now < certificate.notAfter,
  );
  if (!found) throw new Error('no generation of the node authority is valid');
  return found;
}

/** Makes the first generation where there is none, and completes those that did not sign themselves. */
export async function ensureNodeAuthority(context: KeyContext): Promise<Result<undefined, SigningCode>> {
  const [there] = await context.sql`SELECT FROM key_server.authority LIMIT 1`;
  if (!there) {
    const prepared = await prepareGeneration(context, 1);
    if (!prepared.ok) return prepared;
    await inTransaction(context.sql, {}, (tx) => storeGeneration(tx, context, prepared.value));
  }
  return completeAuthorities(context);
}

/** A generation that is about to be stored. */
export interface PreparedGeneration {
  readonly generation: number;
  readonly tbs: Uint8Array;
}

/** Makes the key of a generation and what it is to sign. The key is made once, however often this is asked. */
export async function prepareGeneration(
  context: KeyContext,
  generation: number,
): Promise<Result<PreparedGeneration, SigningCode>> {
  const spki = await context.signer.generateKey(keyNameOf(generation), 'p-384', USES);
  if (!spki.ok) return signingFailure(spki.failure);
  const publicKey = mustSucceed(parsePublicKeyInfo(spki.value), 'the key of an authority');
  const serial = drawSerial(context.randomBytes);
  return ok({
    generation,
    tbs: encodeAuthority({ generation, serial, publicKey, now: context.clock.now() }),
  });
}

/** Stores a generation in the transaction that decides on it; one that is there stays as it is. */
export async function storeGeneration(
  tx: Tx,
  { clock }: KeyContext,
  { generation, tbs }: PreparedGeneration,
  proposal?: string,
): Promise<void> {
  await tx`
    INSERT INTO key_server.authority (generation, key_name, tbs, made_at, proposal)
    VALUES (${generation}, ${keyNameOf(generation)}, ${Buffer.from(tbs)}, ${new Date(clock.now())}, ${proposal ?? null})
    ON CONFLICT (generation) DO NOTHING`;
}

/** Lets every stored generation that has no signature sign itself. */
export async function completeAuthorities(context: KeyContext): Promise<Result<undefined, SigningCode>> {
  const { sql, signer } = context;
  const open = await sql<{ generation: number; key_name: string; tbs: Buffer }[]>`
    SELECT generation, key_name, tbs FROM key_server.authority WHERE signature IS NULL`;
  for (const { generation, key_name, tbs } of open) {
    const signature = await signer.signCertificate({ key: key_name, profile: PROFILES.authority, tbs });
    if (!signature.ok) return signingFailure(signature.failure);
    await sql`
      UPDATE key_server.authority SET signature = ${signature.value}
      WHERE generation = ${generation} AND signature IS NULL`;
  }
  return ok(undefined);
}
