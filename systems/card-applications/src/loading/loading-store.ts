/** Rows of loadings. A change of state is the row’s update, its history row and the ledger’s entry, in one transaction. */
import { hash, randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardApplicationsContext } from '../card-applications-context.ts';
import { type LoadingState, mayBecome } from './lifecycle.ts';

export interface Loading {
  readonly loadingId: string;
  readonly requestId: string;
  readonly aid: string;
  readonly cardId: string;
  /** As the owner knows the card, 32 octets. */
  readonly cardHash: Buffer;
  readonly contentsDigest: Buffer;
  readonly version: number;
  readonly keyVersion: number;
  readonly areaBytes: number;
  readonly state: LoadingState;
  readonly sequence: number;
  /** Milliseconds since the epoch: of the last change. */
  readonly changedAt: number;
}

/** What the ledger is told of an act. */
export interface LoadingEntry {
  readonly residentCode: string;
  readonly aid: string;
  readonly act: string;
  readonly result: string;
}

/** A card as one owner knows it: another owner’s hash of the same card is another one. */
export const cardHashOf = (owner: string, cardId: string): Buffer =>
  hash('sha256', `card serial\n${owner}\n${cardId}`, 'buffer');

const columns = (tx: Tx) => tx`
  loading_id AS "loadingId", request_id AS "requestId", aid, card_id AS "cardId", card_hash AS "cardHash",
  contents_digest AS "contentsDigest", version, key_version AS "keyVersion", area_bytes AS "areaBytes", state, sequence,
  (extract(epoch FROM changed_at) * 1000)::float8 AS "changedAt"`;

/** The loading of a request; locked. */
export async function lockByRequest(tx: Tx, requestId: string): Promise<Loading | undefined> {
  const [row] = await tx<Loading[]>`
    SELECT ${columns(tx)} FROM card_applications.loading WHERE request_id = ${requestId} FOR UPDATE`;
  return row;
}

/** The one of an application on a card that is neither deleted nor refused; locked. */
export async function lockOnCard(tx: Tx, aid: string, cardId: string): Promise<Loading | undefined> {
  const [row] = await tx<Loading[]>`
    SELECT ${columns(tx)} FROM card_applications.loading
    WHERE aid = ${aid} AND card_id = ${cardId} AND state NOT IN ('deleted', 'refused') FOR UPDATE`;
  return row;
}

export async function insertLoading(
  tx: Tx,
  wish: Omit<Loading, 'loadingId' | 'state' | 'sequence'>,
): Promise<Loading> {
  const loading: Loading = { ...wish, loadingId: randomUUID(), state: 'consented', sequence: 1 };
  await tx`
    WITH entered AS (
      INSERT INTO card_applications.loading (loading_id, request_id, aid, card_id, card_hash, contents_digest, version,
        key_version, area_bytes, state, sequence, changed_at)
      VALUES (${loading.loadingId}, ${wish.requestId}, ${wish.aid}, ${wish.cardId}, ${wish.cardHash},
        ${wish.contentsDigest}, ${wish.version}, ${wish.keyVersion}, ${wish.areaBytes}, ${loading.state},
        ${loading.sequence}, ${new Date(wish.changedAt)})
      RETURNING *
    )
    INSERT INTO card_applications.loading_change (loading_id, sequence, state, changed_at)
    SELECT loading_id, sequence, state, changed_at FROM entered`;
  return loading;
}

/** The loading in its next state; one that is there already, by another who did the same, stays as it is. */
export function advance(
  context: CardApplicationsContext,
  access: Access,
  { loadingId, aid }: Loading,
  residentCode: string,
  state: LoadingState,
  result = 'ok',
): Promise<Loading> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const [row] = await tx<Loading[]>`
      SELECT ${columns(tx)} FROM card_applications.loading WHERE loading_id = ${loadingId} FOR UPDATE`;
    if (!row) throw new Error('a loading is gone');
    if (!mayBecome(row.state, state)) return row;
    const now = context.clock.now();
    const next: Loading = { ...row, state, sequence: row.sequence + 1, changedAt: now };
    await tx`
      WITH changed AS (
        UPDATE card_applications.loading SET state = ${state}, sequence = ${next.sequence}, changed_at = ${new Date(now)}
        WHERE loading_id = ${loadingId} RETURNING *
      )
      INSERT INTO card_applications.loading_change (loading_id, sequence, state, changed_at)
      SELECT loading_id, sequence, state, changed_at FROM changed`;
    await recordLoadingEntry(tx, context, access, { residentCode, aid, act: state, result });
    return next;
  });
}

/** Of what came to nothing. */
export function recordRefusal(
  context: CardApplicationsContext,
  access: Access,
  entry: LoadingEntry,
): Promise<void> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    recordLoadingEntry(tx, context, access, entry),
  );
}

export async function recordLoadingEntry(
  tx: Tx,
  context: CardApplicationsContext,
  access: Access,
  { residentCode, aid, act, result }: LoadingEntry,
): Promise<void> {
  await recordEntry(tx, {
    site: NATIONAL_SITE,
    at: context.clock.now(),
    ...access,
    subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
    fields: ['card-application', aid.toLowerCase(), act],
    result,
  });
}
