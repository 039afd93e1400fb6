/**
 * Sessions of persons, operators and sites. The token is 256 random bits that only the caller has; here is its SHA-256.
 * Invariant: a session ends at the first of its absolute end, its idle end, and its revocation, and never comes back.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '@ishizue/clock';
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import type { OperatorActor, PersonActor, SiteActor } from '@ishizue/http';
import { randomToken } from './random-text.ts';

/** Whom a session is for. */
export type SessionSubject = Omit<PersonActor, 'session'> | Omit<OperatorActor, 'session'> | SiteActor;

/** The actor that a session stands for. */
export type SessionActor = PersonActor | OperatorActor | SiteActor;

/** How long sessions of a kind live, in seconds: without use, and at the most. */
export interface SessionLifetime {
  readonly idleSeconds: number;
  readonly seconds: number;
}

/** A session that was opened: the token is shown this one time. */
export interface OpenedSession {
  readonly token: string;
  /** Not secret: what the session is revoked by. */
  readonly id: string;
  readonly expiresAt: Date;
}

const LIFETIMES: Readonly<Record<SessionActor['kind'], SessionLifetime>> = {
  person: { idleSeconds: 15 * 60, seconds: 60 * 60 },
  operator: { idleSeconds: 30 * 60, seconds: 12 * 3600 },
  site: { idleSeconds: 3600, seconds: 3600 },
};
const PER_SUBJECT_MAX = 10;
const KEPT_AFTER_END_MS = 24 * 3_600_000;
const SWEPT_AT_ONCE = 20;
/** How exactly use is noted: a write for every request would cost more than it tells. */
const SEEN_STEP_MS = 60_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

interface SessionRow {
  readonly kind: SessionActor['kind'];
  readonly site: string;
  readonly subject: string;
  readonly certificate_serial: string | null;
  readonly roles: string[];
  readonly seen_at: Date;
}

/** What sessions need. */
export interface SessionsOptions {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly lifetimes?: Partial<Record<SessionActor['kind'], SessionLifetime>>;
}

/** The sessions of an installation. */
export class Sessions {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #lifetimes: Readonly<Record<SessionActor['kind'], SessionLifetime>>;

  constructor(options: SessionsOptions) {
    this.#sql = options.sql;
    this.#clock = options.clock;
    this.#lifetimes = { ...LIFETIMES, ...options.lifetimes };
  }

  /** Opens a session. A subject's oldest sessions beyond ten are revoked. */
  open(subject: SessionSubject): Promise<OpenedSession> {
    return inTransaction(this.#sql, {}, (tx) => this.openIn(tx, subject));
  }

  /** Opens a session as part of a transaction. */
  async openIn(tx: Tx, subject: SessionSubject): Promise<OpenedSession> {
    const token = randomToken();
    const digest = digestOf(token);
    const now = this.#clock.now();
    const { idleSeconds, seconds } = this.#lifetimes[subject.kind];
    const expiresAt = new Date(now + seconds * 1000);
    const at = new Date(now);
    const key = keyOf(subject);
    await tx`
      UPDATE access.session SET revoked_at = ${at} WHERE token_sha256 IN (
        SELECT token_sha256 FROM access.session
        WHERE site = ${subject.site} AND kind = ${subject.kind} AND subject = ${key.subject} AND revoked_at IS NULL
        ORDER BY created_at DESC OFFSET ${PER_SUBJECT_MAX - 1})`;
    await tx`
      DELETE FROM access.session WHERE token_sha256 IN (
        SELECT token_sha256 FROM access.session WHERE expires_at < ${new Date(now - KEPT_AFTER_END_MS)}
        ORDER BY expires_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
    await tx`
      INSERT INTO access.session
        (token_sha256, kind, site, subject, certificate_serial, roles, created_at, seen_at, idle_seconds, expires_at)
      VALUES (${digest}, ${subject.kind}, ${subject.site}, ${key.subject}, ${key.certificateSerial}, ${key.roles},
        ${at}, ${at}, ${idleSeconds}, ${expiresAt})`;
    return { token, id: digest.toString('base64url'), expiresAt };
  }

  /** The actor of a live session, and notes that it was used. */
  async find(token: string): Promise<SessionActor | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const digest = digestOf(token);
    const now = this.#clock.now();
    const [row] = await this.#sql<SessionRow[]>`
      SELECT kind, site, subject, certificate_serial, roles, seen_at FROM access.session
      WHERE token_sha256 = ${digest} AND revoked_at IS NULL AND expires_at > ${new Date(now)}
        AND seen_at + make_interval(secs => idle_seconds) > ${new Date(now)}`;
    if (!row) return undefined;
    if (now - row.seen_at.getTime() >= SEEN_STEP_MS)
      await this.#sql`
        UPDATE access.session SET seen_at = ${new Date(now)}
        WHERE token_sha256 = ${digest} AND revoked_at IS NULL AND seen_at < ${new Date(now)}`;
    return actorOf(row, digest.toString('base64url'));
  }

  /** Ends a session by its id; false when there was none to end. */
  async revoke(id: string): Promise<boolean> {
    const digest = Buffer.from(id, 'base64url');
    const result = await this.#sql`
      UPDATE access.session SET revoked_at = ${new Date(this.#clock.now())}
      WHERE token_sha256 = ${digest} AND revoked_at IS NULL`;
    return result.count === 1;
  }

  /** Ends every session of a subject, as part of the transaction that made it necessary. */
  async revokeAllIn(tx: Tx, kind: SessionActor['kind'], site: string, subject: string): Promise<number> {
    const result = await tx`
      UPDATE access.session SET revoked_at = ${new Date(this.#clock.now())}
      WHERE site = ${site} AND kind = ${kind} AND subject = ${subject} AND revoked_at IS NULL`;
    return result.count;
  }
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

interface SubjectKey {
  readonly subject: string;
  readonly certificateSerial: string | null;
  readonly roles: string[];
}

function keyOf(subject: SessionSubject): SubjectKey {
  switch (subject.kind) {
    case 'person':
      return { subject: subject.holder, certificateSerial: subject.certificateSerial, roles: [] };
    case 'operator':
      return { subject: subject.operator, certificateSerial: null, roles: [...subject.roles] };
    case 'site':
      return { subject: subject.keyId, certificateSerial: null, roles: [] };
  }
}

function actorOf(row: SessionRow, session: string): SessionActor {
  switch (row.kind) {
    case 'person':
      if (row.certificate_serial === null) throw new Error('the session of a person has no serial');
      return {
        kind: 'person',
        site: row.site,
        holder: row.subject,
        certificateSerial: row.certificate_serial,
        session,
      };
    case 'operator':
      return { kind: 'operator', site: row.site, operator: row.subject, roles: row.roles, session };
    case 'site':
      return { kind: 'site', site: row.site, keyId: row.subject };
  }
}
