/**
 * The keys of ID tokens, held by the signer: one for each algorithm signs; the next is published a day before its turn and
 * the last a day after, so that whoever kept our key set for a day can verify everything (docs/flows/sign-in.md step 6).
 * Made again every three months; several processes take turns.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import { ExternalSigningKey } from 'oidc-provider';
import type { TokenAlgorithm } from '../clients/client-store.ts';
import { issuerOf, type SignInContext } from '../sign-in-context.ts';

const DAY_MS = 86_400_000;
const TURN_MS = 90 * DAY_MS;
const KINDS = { ES256: 'p-256', RS256: 'rsa-2048' } as const satisfies Readonly<
  Record<TokenAlgorithm, string>
>;
const ALGORITHMS = ['ES256', 'RS256'] as const satisfies readonly TokenAlgorithm[];

export interface TokenKey {
  readonly alg: TokenAlgorithm;
  readonly number: number;
  readonly kid: string;
  readonly spki: Buffer;
  readonly signsFrom: Date;
}

/** The name in the signer. An issuer has keys of its own: the signer holds a key to one issuer. */
const keyNameOf = (issuer: string, { alg, number }: Pick<TokenKey, 'alg' | 'number'>): string =>
  `sign-in/${createHash('sha256').update(issuer).digest('hex').slice(0, 16)}/${alg.toLowerCase()}.${number}`;

const allKeys = (tx: Tx, issuer: string) => tx<TokenKey[]>`
  SELECT alg, number, kid, spki, signs_from AS "signsFrom" FROM sign_in.token_key
  WHERE issuer = ${issuer} ORDER BY alg, number DESC`;

/** Makes what is missing or due, and forgets what is over. Standing work; the first time it makes the first keys. */
export function ensureTokenKeys(context: SignInContext): Promise<void> {
  const issuer = issuerOf(context);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('token keys', 0))`;
    const keys = await allKeys(tx, issuer);
    const now = context.clock.now();
    for (const alg of ALGORITHMS) {
      const [newest, ...older] = keys.filter((key) => key.alg === alg);
      if (newest && newest.signsFrom.getTime() + TURN_MS > now) {
        if (newest.signsFrom.getTime() + DAY_MS <= now && older.length > 0)
          await tx`
            DELETE FROM sign_in.token_key
            WHERE issuer = ${issuer} AND alg = ${alg} AND number < ${newest.number}`;
        continue;
      }
      const number = (newest?.number ?? 0) + 1;
      const spki = mustSucceed(
        await context.signer.generateKey(keyNameOf(issuer, { alg, number }), KINDS[alg], [
          `id-token:${issuer}`,
        ]),
        'a key of ID tokens',
      );
      const kid = createHash('sha256').update(spki).digest('base64url');
      await tx`
        INSERT INTO sign_in.token_key (issuer, alg, number, kid, spki, signs_from)
        VALUES (${issuer}, ${alg}, ${number}, ${kid}, ${spki}, ${new Date(newest ? now + DAY_MS : now)})`;
    }
  });
}

/** What is published, of each algorithm the one that signs first. */
export async function publishedKeys(context: SignInContext): Promise<readonly TokenKey[]> {
  const keys = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    allKeys(tx, issuerOf(context)),
  );
  const now = context.clock.now();
  return ALGORITHMS.flatMap((alg) => {
    const ofAlg = keys.filter((key) => key.alg === alg);
    const signing = ofAlg.find(({ signsFrom }) => signsFrom.getTime() <= now);
    return signing ? [signing, ...ofAlg.filter((key) => key !== signing)] : ofAlg;
  });
}

/** A key as the library asks it to sign; the private half is in the signer. */
export class SignerTokenKey extends ExternalSigningKey {
  readonly #context: SignInContext;
  readonly #key: TokenKey;
  readonly #public: KeyObject;

  constructor(context: SignInContext, key: TokenKey) {
    super();
    this.#context = context;
    this.#key = key;
    this.#public = createPublicKey({ key: key.spki, format: 'der', type: 'spki' });
  }

  override get kid(): string {
    return this.#key.kid;
  }

  override get alg(): string {
    return this.#key.alg;
  }

  override keyObject(): KeyObject {
    return this.#public;
  }

  override async sign(data: Uint8Array): Promise<Uint8Array> {
    const key = keyNameOf(issuerOf(this.#context), this.#key);
    return mustSucceed(await this.#context.signer.signToken({ key, input: data }), 'an ID token’s signature');
  }
}
