/**
 * Where the protocol's library keeps sessions, interactions, grants, codes and tokens: rows found by the SHA-256 of their
 * id, gone when their time is over. Invariant: a code is consumed by one statement, so that of any number of exchanges at
 * the same time one gets tokens; who comes second ends the grant, as RFC 9700 (4.5) asks.
 */
import { createHash } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { SignInContext } from '../sign-in-context.ts';
import { clientMetadata } from './client-metadata.ts';

const SWEPT_AT_ONCE = 10;

const digest = (id: string): Buffer => createHash('sha256').update(id).digest();

interface Kept {
  readonly payload: AdapterPayload;
  readonly consumedAt: Date | null;
}

export class ArtefactAdapter implements Adapter {
  readonly #context: SignInContext;
  readonly #kind: string;

  constructor(context: SignInContext, kind: string) {
    this.#context = context;
    this.#kind = kind;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    if (expiresIn === undefined) throw new Error(`${this.#kind} would be kept for ever`);
    const now = this.#context.clock.now();
    const kept = JSON.stringify(withoutSecrets(payload));
    await this.#transaction(async (tx) => {
      // each one made takes up to ten that are over with it
      await tx`
        DELETE FROM sign_in.artefact WHERE (kind, id_sha256) IN (
          SELECT kind, id_sha256 FROM sign_in.artefact WHERE ends_at <= ${new Date(now)}
          ORDER BY ends_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
      await tx`
        INSERT INTO sign_in.artefact (kind, id_sha256, payload, grant_id, uid, account, ends_at)
        VALUES (${this.#kind}, ${digest(id)}, ${kept}::text::jsonb, ${payload.grantId ?? null},
          ${this.#kind === 'Session' ? (payload.uid ?? null) : null}, ${payload.accountId ?? null},
          ${new Date(now + expiresIn * 1_000)})
        ON CONFLICT (kind, id_sha256) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
          uid = excluded.uid, account = excluded.account, ends_at = excluded.ends_at`;
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.#kind === 'Client') return clientMetadata(this.#context, id);
    const [row] = await this.#transaction(
      (tx) => tx<Kept[]>`
        SELECT payload, consumed_at AS "consumedAt" FROM sign_in.artefact
        WHERE kind = ${this.#kind} AND id_sha256 = ${digest(id)} AND ends_at > ${this.#now()}`,
    );
    return row && { ...keptPayload(row), jti: id };
  }

  /** Of a session, to see whether it is there and whose; its id is not known here. */
  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const [row] = await this.#transaction(
      (tx) => tx<Kept[]>`
        SELECT payload, consumed_at AS "consumedAt" FROM sign_in.artefact
        WHERE uid = ${uid} AND kind = ${this.#kind} AND ends_at > ${this.#now()}`,
    );
    return row && keptPayload(row);
  }

  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async consume(id: string): Promise<void> {
    const isFirst = await this.#transaction(async (tx) => {
      const { count } = await tx`
        UPDATE sign_in.artefact SET consumed_at = ${this.#now()}
        WHERE kind = ${this.#kind} AND id_sha256 = ${digest(id)} AND consumed_at IS NULL`;
      return count === 1;
    });
    if (isFirst) return;
    const used = await this.find(id);
    if (used?.grantId !== undefined) await this.revokeByGrantId(used.grantId);
    throw new errors.InvalidGrant('it is consumed already');
  }

  async destroy(id: string): Promise<void> {
    await this.#transaction(
      (tx) => tx`DELETE FROM sign_in.artefact WHERE kind = ${this.#kind} AND id_sha256 = ${digest(id)}`,
    );
  }

  /** The grant itself too: a token that is being written meanwhile finds none. */
  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#transaction(
      (tx) => tx`
        DELETE FROM sign_in.artefact
        WHERE grant_id = ${grantId} OR (kind = 'Grant' AND id_sha256 = ${digest(grantId)})`,
    );
  }

  #now(): Date {
    return new Date(this.#context.clock.now());
  }

  #transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return inTransaction(this.#context.sql, { site: NATIONAL_SITE }, work);
  }
}

/** The id is what a cookie or a token is: it is known to its bearer alone. */
function withoutSecrets({ jti: _, session, ...payload }: AdapterPayload): AdapterPayload {
  if (session === undefined) return payload;
  const { cookie: __, ...kept } = session;
  return { ...payload, session: kept };
}

const keptPayload = ({ payload, consumedAt }: Kept): AdapterPayload =>
  consumedAt === null ? payload : { ...payload, consumed: Math.floor(consumedAt.getTime() / 1_000) };

/** A session that goes on under another act: its authorisations were of the one before. */
export const renewSession = (
  { sql }: Pick<SignInContext, 'sql'>,
  uid: string,
  account: string,
): Promise<void> =>
  inTransaction(sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`
      UPDATE sign_in.artefact SET account = ${account},
        payload = payload - 'authorizations' || jsonb_build_object('accountId', ${account}::text)
      WHERE kind = 'Session' AND uid = ${uid}`;
  });
