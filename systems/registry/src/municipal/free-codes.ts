/**
 * The resident codes that a municipality holds in store. They are taken in the transaction that uses them; when the
 * store runs low, that transaction also asks the national site for more.
 */
import { randomUUID } from 'node:crypto';
import type { Tx } from '@ishizue/db';
import type { AddressedMessage } from '@ishizue/link';
import { RESIDENT_CODE_REQUEST } from '../national/allocate-resident-codes.ts';
import { municipalSite, NATIONAL_SITE } from '../registry-context.ts';

const LOW_WATER = 50;
const REFILL = 200;

/** Free codes, removed from the store; fewer than asked for when there are no more. */
export async function takeFreeCodes(tx: Tx, municipality: string, count: number): Promise<readonly string[]> {
  if (count === 0) return [];
  const rows = await tx<{ code: string }[]>`
    DELETE FROM registry.municipal_free_code
    WHERE municipality_code = ${municipality} AND position = ANY (ARRAY(
      SELECT position FROM registry.municipal_free_code WHERE municipality_code = ${municipality}
      ORDER BY position FOR UPDATE SKIP LOCKED LIMIT ${count}))
    RETURNING resident_code AS code`;
  return rows.map(({ code }) => code);
}

/** How many codes are in store or on their way. */
export async function countExpectedCodes(tx: Tx, municipality: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    SELECT (SELECT count(*) FROM registry.municipal_free_code WHERE municipality_code = ${municipality})
      + coalesce((SELECT codes_requested - codes_received FROM registry.municipal_counter
        WHERE municipality_code = ${municipality}), 0) AS count`;
  return row?.count ?? 0;
}

/** The request for `count` codes, noted as outstanding; the caller sends it last in its transaction. */
export async function requestCodes(tx: Tx, municipality: string, count: number): Promise<AddressedMessage> {
  await tx`
    INSERT INTO registry.municipal_counter (municipality_code, codes_requested) VALUES (${municipality}, ${count})
    ON CONFLICT (municipality_code) DO UPDATE
      SET codes_requested = municipal_counter.codes_requested + excluded.codes_requested`;
  const site = municipalSite(municipality);
  return {
    link: `${site}>${NATIONAL_SITE}:registry`,
    subject: municipality,
    topic: RESIDENT_CODE_REQUEST,
    body: { requestId: randomUUID(), municipality, count },
  };
}

/** The request that keeps the store above its low-water mark, or none where there is enough. */
export async function refillCodes(tx: Tx, municipality: string): Promise<readonly AddressedMessage[]> {
  if ((await countExpectedCodes(tx, municipality)) >= LOW_WATER) return [];
  return [await requestCodes(tx, municipality, REFILL)];
}

/** How many codes are in store now. */
export async function countFreeCodes(tx: Tx, municipality: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    SELECT count(*) AS count FROM registry.municipal_free_code WHERE municipality_code = ${municipality}`;
  return row?.count ?? 0;
}
