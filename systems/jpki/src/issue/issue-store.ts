/**
 * The rows of certificates on their way out, for many orders in one statement. Who issues, renews or revokes a person's
 * certificates holds that person's lock, so that an issue and a change of the same person are one after the other.
 */
import type { Tx } from '@ishizue/db';
import { CARD_KIND_OF, type CertificateKind } from '../profile/certificate-kind.ts';
import { drawHolderSerial } from '../profile/serial-numbers.ts';
import type { CardCertificates, CertificateDraft } from './draft-certificate.ts';
import type { CheckedOrder } from './issue-order.ts';

export interface StoredCertificate {
  readonly kind: CertificateKind;
  readonly serial: number;
  readonly generation: number;
  readonly requestSha256: Buffer;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly tbs: Buffer;
  readonly signature: Buffer | null;
  readonly revokedAt: Date | null;
}

/** Requests before persons, each in order, so that two batches never wait in a circle. */
export async function lockOrders(tx: Tx, orders: readonly CheckedOrder[]): Promise<void> {
  const requests = orders.map(({ requestId }) => `request ${requestId}`).sort();
  await lockKeys(tx, [...requests, ...personKeys(orders.map(({ residentCode }) => residentCode))]);
}

/** Whoever decides about a person's certificates holds this. */
export const lockPersons = (tx: Tx, residentCodes: readonly string[]): Promise<void> =>
  lockKeys(tx, personKeys(residentCodes));

const personKeys = (residentCodes: readonly string[]): readonly string[] =>
  [...new Set(residentCodes)].sort().map((code) => `person ${code}`);

async function lockKeys(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx`
    SELECT pg_advisory_xact_lock(hashtextextended(key, 0))
    FROM (SELECT key FROM unnest(${[...keys]}::text[]) WITH ORDINALITY AS given(key, place) ORDER BY place)
      AS ordered`;
}

/** What there is under an order's request, and what is live on its card. */
export interface FoundForOrder extends CardCertificates {
  readonly ofRequest: StoredCertificate | undefined;
}

type FoundRow = StoredCertificate & {
  readonly place: number;
  readonly found: 'of-request' | 'on-card' | 'on-renewed-card';
};

/** For each order, in order. */
export async function findForOrders(
  tx: Tx,
  orders: readonly CheckedOrder[],
): Promise<readonly FoundForOrder[]> {
  const requestIds = orders.map(({ requestId }) => requestId);
  const cards = orders.flatMap(({ cardId, renewsCard, residentCode }, index) => {
    const place = index + 1;
    const own = { cardId, place, found: 'on-card', residentCode };
    return renewsCard === undefined ? [own] : [own, { ...own, cardId: renewsCard, found: 'on-renewed-card' }];
  });
  const rows = await tx<FoundRow[]>`
    SELECT place::int, 'of-request' AS found, kind, serial, generation, request_sha256 AS "requestSha256",
      issued_at AS "issuedAt", expires_at AS "expiresAt", tbs, signature, revoked_at AS "revokedAt"
    FROM unnest(${requestIds}::text[]) WITH ORDINALITY AS wanted(request_id, place)
    JOIN jpki.certificate USING (request_id) WHERE signature IS NOT NULL OR revoked_at IS NULL
    UNION ALL
    SELECT place, found, kind, serial, generation, request_sha256, issued_at, expires_at, NULL, NULL, NULL
    FROM unnest(${cards.map(({ cardId }) => cardId)}::text[], ${cards.map(({ place }) => place)}::int[],
      ${cards.map(({ found }) => found)}::text[], ${cards.map(({ residentCode }) => residentCode)}::text[])
      AS wanted(card_id, place, found, holder)
    JOIN jpki.certificate USING (card_id)
    WHERE signature IS NOT NULL AND revoked_at IS NULL AND (found = 'on-card' OR resident_code = holder)`;
  const byPlace = Map.groupBy(rows, ({ place }) => place);
  return orders.map(({ kind }, index) => foundOf(kind, byPlace.get(index + 1) ?? []));
}

function foundOf(kind: CertificateKind, rows: readonly FoundRow[]): FoundForOrder {
  const onCard = rows.filter(({ found }) => found === 'on-card');
  const endOf = (wanted: CertificateKind, among = onCard): number | undefined =>
    among.find((row) => row.kind === wanted)?.expiresAt.getTime();
  const onRenewed = rows.filter(({ found }) => found === 'on-renewed-card');
  const ofCard = onCard.find((row) => row.kind === CARD_KIND_OF[kind]);
  return {
    ofRequest: rows.find(({ found }) => found === 'of-request'),
    authenticationEndsAt: endOf('authentication'),
    sameKindEndsAt: endOf(kind) ?? endOf(kind, onRenewed),
    boundTo: ofCard && { serial: ofCard.serial, endsAt: ofCard.expiresAt.getTime() },
  };
}

/** A certificate that is to be stored. */
export interface DraftToStore {
  readonly order: CheckedOrder;
  readonly generation: number;
  readonly point: number;
  readonly draft: CertificateDraft;
}

const DRAWS_MAX = 50;

/**
 * Stores to-be-signed certificates under serial numbers that no certificate of the authority's name ever had; those whose
 * number is taken are drawn again. By request id.
 */
export async function storeDrafts(
  tx: Tx,
  randomBytes: (size: number) => Uint8Array,
  drafts: readonly DraftToStore[],
): Promise<ReadonlyMap<string, StoredCertificate>> {
  const stored = new Map<string, StoredCertificate>();
  let left = drafts;
  for (let draw = 0; left.length > 0; draw++) {
    if (draw === DRAWS_MAX) throw new Error(`${DRAWS_MAX} serial numbers in a row were taken`);
    const rows = left.map((each) => rowOf(each, drawHolderSerial(randomBytes)));
    const inserted = new Set((await insertRows(tx, rows)).map(({ requestId }) => requestId));
    for (const { order, certificate } of rows)
      if (inserted.has(order.requestId)) stored.set(order.requestId, certificate);
    left = left.filter(({ order }) => !inserted.has(order.requestId));
  }
  return stored;
}

interface DraftRow extends DraftToStore {
  readonly certificate: StoredCertificate;
}

function rowOf(toStore: DraftToStore, serial: number): DraftRow {
  const { order, draft, generation } = toStore;
  return {
    ...toStore,
    certificate: {
      kind: order.kind,
      serial,
      generation,
      requestSha256: order.sha256,
      issuedAt: new Date(draft.notBefore),
      expiresAt: new Date(draft.notAfter),
      tbs: draft.encode(serial),
      signature: null,
      revokedAt: null,
    },
  };
}

const hex = (octets: Buffer | null): string | null => octets && octets.toString('hex');

async function insertRows(
  tx: Tx,
  rows: readonly DraftRow[],
): Promise<readonly { readonly requestId: string }[]> {
  const column = <T>(valueOf: (row: DraftRow) => T): T[] => rows.map(valueOf);
  return tx<{ requestId: string }[]>`
    INSERT INTO jpki.certificate (kind, serial, generation, point, request_id, request_sha256, resident_code, card_id,
      identity_sha256, issued_at, expires_at, tbs, application, bound_serial)
    SELECT kind, serial, generation, point, request_id, decode(request_sha256, 'hex'), resident_code, card_id,
      decode(identity_sha256, 'hex'), to_timestamp(issued_at), to_timestamp(expires_at), decode(tbs, 'hex'),
      application::uuid, bound_serial
    FROM unnest(
      ${column(({ order }) => order.kind)}::text[], ${column(({ certificate }) => certificate.serial)}::int[],
      ${column(({ generation }) => generation)}::smallint[], ${column(({ point }) => point)}::int[],
      ${column(({ order }) => order.requestId)}::text[], ${column(({ order }) => hex(order.sha256))}::text[],
      ${column(({ order }) => order.residentCode)}::text[], ${column(({ order }) => order.cardId)}::text[],
      ${column(({ draft }) => hex(draft.identitySha256))}::text[],
      ${column(({ draft }) => draft.notBefore / 1000)}::float8[], ${column(({ draft }) => draft.notAfter / 1000)}::float8[],
      ${column(({ certificate }) => hex(certificate.tbs))}::text[],
      ${column(({ order }) => order.application ?? null)}::text[], ${column(({ draft }) => draft.boundSerial)}::int[]
    ) AS given(kind, serial, generation, point, request_id, request_sha256, resident_code, card_id, identity_sha256,
      issued_at, expires_at, tbs, application, bound_serial)
    ON CONFLICT (kind, serial) DO NOTHING
    RETURNING request_id AS "requestId"`;
}

/** A certificate with the signature that was made for it. */
export interface SignedCertificate {
  readonly order: CheckedOrder;
  readonly pending: StoredCertificate;
  readonly signature: Buffer;
}

/*
 * "Pending" is asked by num_nonnulls where rows are found by their serial numbers: written as two IS NULL it fits the index of
 * pending certificates, which looks tiny to PostgreSQL and is read from end to end, with all that was pending since the last
 * vacuum.
 */

/** Revokes what the cards have of the kinds, where the certificates to come still wait: with the places of the orders. */
export async function supersede(
  tx: Tx,
  at: number,
  signed: readonly SignedCertificate[],
): Promise<readonly { readonly place: number; readonly serial: number }[]> {
  return tx<{ place: number; serial: number }[]>`
    WITH ending AS MATERIALIZED (
      SELECT place, c.kind, c.serial, next_serial
      FROM unnest(${signed.map(({ order }) => order.cardId)}::text[], ${signed.map(({ order }) => order.kind)}::text[],
        ${signed.map(({ pending }) => pending.serial)}::int[]) WITH ORDINALITY AS given(card_id, next_kind, next_serial, place)
      JOIN jpki.certificate AS c USING (card_id)
      WHERE c.signature IS NOT NULL AND c.revoked_at IS NULL AND c.kind = next_kind AND c.serial <> next_serial
    )
    UPDATE jpki.certificate AS old SET revoked_at = ${new Date(at)}, reason = 'superseded'
    FROM ending JOIN jpki.certificate AS next ON next.kind = ending.kind AND next.serial = next_serial
    WHERE old.kind = ending.kind AND old.serial = ending.serial
      AND num_nonnulls(next.signature, next.revoked_at) = 0 AND num_nonnulls(old.revoked_at) = 0
    RETURNING (place - 1)::int AS place, old.serial`;
}

/** Stores the signatures; answers the places of those that were neither issued nor revoked meanwhile. */
export async function activate(tx: Tx, signed: readonly SignedCertificate[]): Promise<ReadonlySet<number>> {
  const rows = await tx<{ place: number }[]>`
    UPDATE jpki.certificate AS c SET signature = decode(given.signature, 'hex')
    FROM unnest(${signed.map(({ order }) => order.kind)}::text[], ${signed.map(({ pending }) => pending.serial)}::int[],
      ${signed.map(({ signature }) => hex(signature))}::text[]) WITH ORDINALITY AS given(kind, serial, signature, place)
    WHERE c.kind = given.kind AND c.serial = given.serial AND num_nonnulls(c.signature, c.revoked_at) = 0
    RETURNING (place - 1)::int AS place`;
  return new Set(rows.map(({ place }) => place));
}

/** Gives up what was never handed out ("unspecified": destroyed before hand-over). */
export async function abandon(tx: Tx, at: number, { kind, serial }: StoredCertificate): Promise<void> {
  await tx`
    UPDATE jpki.certificate SET revoked_at = ${new Date(at)}, reason = 'unspecified'
    WHERE kind = ${kind} AND serial = ${serial} AND signature IS NULL AND revoked_at IS NULL`;
}
