/**
 * Operators of a site and their sign-in by id and secret. Invariants: an attempt is counted before the secret is looked
 * at, so guesses sent at once are not more than the limit; all refusals look alike and take alike, whether the id is
 * unknown, disabled, locked, or the secret wrong.
 */
import type { Clock } from '@ishizue/clock';
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { randomCharacters } from './random-text.ts';
import { SecretHasher } from './secret-hash.ts';
import type { OpenedSession, Sessions } from './sessions.ts';

/** Why an operator is refused. */
export type OperatorCode = 'sign-in-refused' | 'sign-in-busy' | 'operator-invalid' | 'operator-unknown';

/** An operator as others see them. */
export interface Operator {
  readonly site: string;
  readonly id: string;
  readonly displayName: string;
  readonly roles: readonly string[];
}

/** A new operator. */
export interface NewOperator {
  readonly site: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly secret: string;
}

/** What operators need. */
export interface OperatorsOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly hasher?: SecretHasher;
  /** Attempts before the lock; default 5. */
  readonly attemptsMax?: number;
  /** How long the lock lasts; default 15 minutes. */
  readonly lockMs?: number;
}

const ID = /^o-[0-9a-z]{6}$/;
const ID_TRIES = 8;
const ROLE = /^[a-z][a-z0-9-]{0,39}$/;
const SECRET_CHARACTERS_MIN = 12;
const SECRET_BYTES_MAX = 256;
const NAME_BYTES_MAX = 200;
const ROLES_MAX = 32;

/** The operators of an installation. */
export class Operators {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #sessions: Sessions;
  readonly #hasher: SecretHasher;
  readonly #attemptsMax: number;
  readonly #lockMs: number;

  constructor(options: OperatorsOptions) {
    this.#sql = options.sql;
    this.#clock = options.clock;
    this.#sessions = options.sessions;
    this.#hasher = options.hasher ?? new SecretHasher();
    this.#attemptsMax = options.attemptsMax ?? 5;
    this.#lockMs = options.lockMs ?? 15 * 60_000;
  }

  /** Adds an operator under a new id. */
  async add(operator: NewOperator): Promise<Result<Operator, OperatorCode>> {
    const invalid = invalidity(operator);
    if (invalid !== undefined) return fail('operator-invalid', invalid);
    const hash = await this.#hasher.hash(operator.secret);
    if (!hash.ok) return hash;
    const { site, displayName, roles } = operator;
    for (let tries = 0; tries < ID_TRIES; tries++) {
      const id = `o-${randomCharacters(6)}`;
      const added = await this.#at(
        site,
        (tx) => tx`
          INSERT INTO access.operator (site, id, display_name, roles, secret_hash, created_at)
          VALUES (${site}, ${id}, ${displayName}, ${[...roles]}, ${hash.value}, ${this.#now()})
          ON CONFLICT DO NOTHING`,
      );
      if (added.count === 1) return ok({ site, id, displayName, roles });
    }
    throw new Error('no free operator id was found');
  }

  /** The operators of a site that may sign in, by id; at most `limit`. */
  async list(site: string, limit = 1000): Promise<readonly Operator[]> {
    const rows = await this.#at(
      site,
      (tx) => tx<{ id: string; display_name: string; roles: string[] }[]>`
        SELECT id, display_name, roles FROM access.operator
        WHERE site = ${site} AND disabled_at IS NULL ORDER BY id LIMIT ${limit}`,
    );
    return rows.map((row) => ({ site, id: row.id, displayName: row.display_name, roles: row.roles }));
  }

  /** Opens a session for an id and its secret. */
  async signIn(site: string, id: string, secret: string): Promise<Result<OpenedSession, OperatorCode>> {
    const attempt = ID.test(id) ? await this.#countAttempt(site, id) : undefined;
    // What is too long to be a secret is not worth hashing, but is hashed as long as any other.
    const matches = await this.#hasher.matches(secret.slice(0, SECRET_BYTES_MAX), attempt?.secret_hash);
    if (!matches.ok) return matches;
    if (!attempt || !matches.value || Buffer.byteLength(secret) > SECRET_BYTES_MAX)
      return fail('sign-in-refused', 'The id or the secret is wrong, or the operator is locked for a time');
    const renewed = this.#hasher.isOutdated(attempt.secret_hash)
      ? await this.#hasher.hash(secret)
      : undefined;
    const hash = renewed?.ok ? renewed.value : attempt.secret_hash;
    return this.#at(site, async (tx) => {
      // Whoever was disabled, or given another secret, since the attempt was counted stays out.
      const [operator] = await tx<{ roles: string[] }[]>`
        UPDATE access.operator SET attempts = 0, locked_until = NULL, secret_hash = ${hash}
        WHERE site = ${site} AND id = ${id} AND disabled_at IS NULL AND secret_hash = ${attempt.secret_hash}
        RETURNING roles`;
      if (!operator) return fail('sign-in-refused', 'The operator was changed at this moment');
      return ok(
        await this.#sessions.openIn(tx, { kind: 'operator', site, operator: id, roles: operator.roles }),
      );
    });
  }

  /** Gives an operator another secret and lifts the lock; their sessions end. */
  async setSecret(site: string, id: string, secret: string): Promise<Result<void, OperatorCode>> {
    const invalid = invalidSecret(secret);
    if (invalid !== undefined) return fail('operator-invalid', invalid);
    const hash = await this.#hasher.hash(secret);
    if (!hash.ok) return hash;
    return this.#change(
      site,
      id,
      (tx) => tx`
      UPDATE access.operator SET secret_hash = ${hash.value}, attempts = 0, locked_until = NULL
      WHERE site = ${site} AND id = ${id} AND disabled_at IS NULL`,
    );
  }

  /** Gives an operator other roles; their sessions end, because they carry the old ones. */
  async setRoles(site: string, id: string, roles: readonly string[]): Promise<Result<void, OperatorCode>> {
    const invalid = invalidRoles(roles);
    if (invalid !== undefined) return fail('operator-invalid', invalid);
    return this.#change(
      site,
      id,
      (tx) => tx`
      UPDATE access.operator SET roles = ${[...roles]} WHERE site = ${site} AND id = ${id} AND disabled_at IS NULL`,
    );
  }

  /** Shuts an operator out for good; the row stays, because the ledger names the id. */
  disable(site: string, id: string): Promise<Result<void, OperatorCode>> {
    return this.#change(
      site,
      id,
      (tx) => tx`
      UPDATE access.operator SET disabled_at = ${this.#now()}
      WHERE site = ${site} AND id = ${id} AND disabled_at IS NULL`,
    );
  }

  /** Counts an attempt of an operator who may try, and locks with the last one that is allowed. */
  async #countAttempt(site: string, id: string): Promise<{ secret_hash: string } | undefined> {
    const now = this.#clock.now();
    const [row] = await this.#at(
      site,
      (tx) => tx<{ secret_hash: string }[]>`
        UPDATE access.operator SET
          attempts = CASE WHEN locked_until IS NULL THEN attempts + 1 ELSE 1 END,
          locked_until = CASE
            WHEN CASE WHEN locked_until IS NULL THEN attempts + 1 ELSE 1 END >= ${this.#attemptsMax}
            THEN ${new Date(now + this.#lockMs)}::timestamptz END
        WHERE site = ${site} AND id = ${id} AND disabled_at IS NULL
          AND (locked_until IS NULL OR locked_until <= ${new Date(now)})
        RETURNING secret_hash`,
    );
    return row;
  }

  #change(
    site: string,
    id: string,
    update: (tx: Tx) => PromiseLike<{ readonly count: number }>,
  ): Promise<Result<void, OperatorCode>> {
    return this.#at(site, async (tx) => {
      const { count } = await update(tx);
      if (count === 0) return fail('operator-unknown', 'There is no such operator');
      await this.#sessions.revokeAllIn(tx, 'operator', site, id);
      return ok(undefined);
    });
  }

  #at<T>(site: string, work: (tx: Tx) => PromiseLike<T>): Promise<T> {
    return inTransaction(this.#sql, { site }, async (tx) => work(tx));
  }

  #now(): Date {
    return new Date(this.#clock.now());
  }
}

function invalidity(operator: NewOperator): string | undefined {
  const nameBytes = Buffer.byteLength(operator.displayName);
  if (nameBytes === 0 || nameBytes > NAME_BYTES_MAX) return `A name has 1 to ${NAME_BYTES_MAX} bytes`;
  return invalidRoles(operator.roles) ?? invalidSecret(operator.secret);
}

function invalidRoles(roles: readonly string[]): string | undefined {
  const areNames = roles.length <= ROLES_MAX && roles.every((role) => ROLE.test(role));
  return areNames ? undefined : `Roles are at most ${ROLES_MAX} kebab-case names`;
}

function invalidSecret(secret: string): string | undefined {
  const isLongEnough = Array.from(secret.normalize('NFC')).length >= SECRET_CHARACTERS_MIN;
  const isShortEnough = Buffer.byteLength(secret) <= SECRET_BYTES_MAX;
  return isLongEnough && isShortEnough
    ? undefined
    : `A secret has at least ${SECRET_CHARACTERS_MIN} characters and at most ${SECRET_BYTES_MAX} bytes`;
}
