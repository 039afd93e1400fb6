/** Rows of applications. A change of state is the row's update and its history row, in one statement. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { IssueGround } from '../issue-terms/issue-grounds.ts';
import type { ApplicationState } from './application-lifecycle.ts';

export interface Application {
  readonly applicationId: string;
  readonly requestId: string;
  readonly residentCode: string;
  readonly state: ApplicationState;
  /** Of the application's changes, from 1. */
  readonly sequence: number;
  readonly receivedOn: IsoDate;
  readonly stayExpiresOn: IsoDate | null;
  readonly identityDigest: Buffer;
  /** Why the card is issued; null of what came before there were grounds. */
  readonly ground: IssueGround | null;
  /** The terms that were agreed for it at a counter. */
  readonly termsId: string | null;
  /** The card that its person had in hand before. */
  readonly previousCard: string | null;
  /** The last day of the card that it renews in its last three months. */
  readonly renewsCardOf: IsoDate | null;
}

/** One step in an application's life. */
export interface ApplicationChange {
  readonly applicationId: string;
  readonly state: ApplicationState;
  readonly sequence: number;
  readonly reason: string | null;
}

const columns = (tx: Tx) => tx`
  application_id AS "applicationId", request_id AS "requestId", resident_code AS "residentCode", state, sequence,
  received_on AS "receivedOn", stay_expires_on AS "stayExpiresOn", identity_digest AS "identityDigest", ground,
  terms_id AS "termsId", previous_card AS "previousCard", renews_card_of AS "renewsCardOf"`;

export async function findApplication(tx: Tx, applicationId: string): Promise<Application | undefined> {
  const [row] = await tx<Application[]>`
    SELECT ${columns(tx)} FROM cards.application WHERE application_id = ${applicationId}`;
  return row;
}

export async function getApplicationForUpdate(tx: Tx, applicationId: string): Promise<Application> {
  const [row] = await tx<Application[]>`
    SELECT ${columns(tx)} FROM cards.application WHERE application_id = ${applicationId} FOR UPDATE`;
  if (!row) throw new Error('an application is gone');
  return row;
}

/** Locked, in the order of their ids. */
export async function lockApplications(
  tx: Tx,
  applicationIds: readonly string[],
): Promise<readonly Application[]> {
  return tx<Application[]>`
    SELECT ${columns(tx)} FROM cards.application WHERE application_id = ANY(${[...applicationIds]})
    ORDER BY application_id FOR UPDATE`;
}

export async function findApplicationByRequest(tx: Tx, requestId: string): Promise<Application | undefined> {
  const [row] = await tx<Application[]>`
    SELECT ${columns(tx)} FROM cards.application WHERE request_id = ${requestId}`;
  return row;
}

/** The applications of these persons that may still become a card in somebody's hand; locked. */
export async function lockOpenApplications(
  tx: Tx,
  residentCodes: readonly string[],
): Promise<readonly Application[]> {
  return tx<Application[]>`
    SELECT ${columns(tx)} FROM cards.application
    WHERE resident_code = ANY(${residentCodes})
      AND state NOT IN ('handed-over', 'undelivered', 'refused')
    ORDER BY application_id FOR UPDATE`;
}

/** The applications of these cards that were not handed over; locked. */
export async function lockOpenApplicationsOf(
  tx: Tx,
  cardIds: readonly string[],
): Promise<readonly Application[]> {
  return tx<Application[]>`
    SELECT ${columns(tx)} FROM cards.application
    WHERE application_id IN (SELECT application_id FROM cards.card WHERE card_id = ANY(${[...cardIds]}) AND state = 'made')
      AND state NOT IN ('handed-over', 'undelivered', 'refused')
    ORDER BY application_id FOR UPDATE`;
}

/** Enters new applications, and the changes that they begin with. */
export async function insertApplications(
  tx: Tx,
  applications: readonly Application[],
  changes: readonly ApplicationChange[],
  at: Date,
): Promise<void> {
  if (applications.length === 0) return;
  const rows = applications.map((one) => ({ ...one, identityDigest: one.identityDigest.toString('hex') }));
  await tx`
    INSERT INTO cards.application (application_id, request_id, resident_code, state, sequence, received_on,
      stay_expires_on, identity_digest, ground, terms_id, previous_card, renews_card_of)
    SELECT n."applicationId", n."requestId", n."residentCode", n.state, n.sequence, n."receivedOn", n."stayExpiresOn",
      decode(n."identityDigest", 'hex'), ground, "termsId", "previousCard", "renewsCardOf"
    FROM jsonb_to_recordset(${tx.json(rows)}) AS n("applicationId" text, "requestId" text, "residentCode" text, state text,
      sequence int, "receivedOn" date, "stayExpiresOn" date, "identityDigest" text, ground text, "termsId" text,
      "previousCard" text, "renewsCardOf" date)`;
  await tx`
    INSERT INTO cards.application_change (application_id, sequence, state, reason, changed_at)
    SELECT n."applicationId", n.sequence, n.state, n.reason, ${at}::timestamptz
    FROM jsonb_to_recordset(${tx.json(changes as never)})
      AS n("applicationId" text, sequence int, state text, reason text)`;
}

/** The identity data of now, as a digest, of applications that are locked. */
export async function storeIdentityDigests(
  tx: Tx,
  digests: readonly { readonly applicationId: string; readonly identityDigest: Buffer }[],
): Promise<void> {
  await tx`
    UPDATE cards.application a SET identity_digest = decode(n.digest, 'hex')
    FROM unnest(${digests.map((one) => one.applicationId)}::text[],
      ${digests.map((one) => one.identityDigest.toString('hex'))}::text[]) AS n(id, digest)
    WHERE a.application_id = n.id`;
}

/** Stores changes of applications that are locked, one for each. */
export async function storeApplicationChanges(
  tx: Tx,
  changes: readonly ApplicationChange[],
  at: Date,
): Promise<void> {
  if (changes.length === 0) return;
  const stored = await tx`
    WITH changed AS (
      UPDATE cards.application a SET state = n.state, sequence = n.sequence
      FROM jsonb_to_recordset(${tx.json(changes as never)})
        AS n("applicationId" text, sequence int, state text, reason text)
      WHERE a.application_id = n."applicationId" AND a.sequence = n.sequence - 1
      RETURNING n.*
    )
    INSERT INTO cards.application_change (application_id, sequence, state, reason, changed_at)
    SELECT "applicationId", sequence, state, reason, ${at}::timestamptz FROM changed`;
  if (stored.count !== changes.length) throw new Error('an application changed under its lock');
}
