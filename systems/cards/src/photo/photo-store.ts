/** Photographs that were looked at, by the SHA-256 of the file that is kept. */
import { createHash } from 'node:crypto';
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { MeasuredPicture, PictureMeasures } from '@ishizue/photo';

/** A photograph with what is known of it. */
export interface LookedAtPhoto {
  readonly measures: PictureMeasures;
  /** How many open applications of other persons have a photograph that looks the same. */
  readonly twins: number;
}

/** Likenesses that differ in so many bits at most are the same photograph. */
const BITS_APART_MAX = 4;
const PART_BITS = [13, 13, 13, 13, 12] as const;

const bitsOf = (likeness: string): string => BigInt(`0x${likeness}`).toString(2).padStart(64, '0');

/** The parts of a likeness, each as its place and its bits. */
function partsOf(bits: string): readonly number[] {
  let at = 0;
  return PART_BITS.map((length, place) => {
    const part = Number.parseInt(bits.slice(at, at + length), 2);
    at += length;
    return place * 2 ** 13 + part;
  });
}

/** Keeps a photograph, and anew from the day on which it comes again; then it may be older: it was not taken after the day it says. */
export async function storePhoto(tx: Tx, { measures, kept }: MeasuredPicture, at: Date): Promise<void> {
  const sha256 = createHash('sha256').update(kept).digest();
  const bits = bitsOf(measures.likeness);
  await tx`
    INSERT INTO cards.photo (sha256, jpeg, measures, likeness, likeness_parts, looked_at)
    VALUES (${sha256}, ${Buffer.from(kept)}, ${tx.json(measures as never)}, ${bits}::text::bit(64),
      ${[...partsOf(bits)]}::int[], ${at})
    ON CONFLICT (sha256) DO UPDATE SET looked_at = excluded.looked_at, measures = CASE
      WHEN excluded.measures ->> 'takenOn' < coalesce(photo.measures ->> 'takenOn', '9999') THEN excluded.measures
      ELSE photo.measures END`;
}

/** What is known of photographs, each asked for a person. */
export async function findPhotos(
  tx: Tx,
  asked: readonly { readonly sha256: string; readonly residentCode: string }[],
): Promise<ReadonlyMap<string, LookedAtPhoto>> {
  if (asked.length === 0) return new Map();
  const rows = await tx<{ key: string; measures: PictureMeasures; twins: number }[]>`
    SELECT asked.sha256 || asked.person AS key, p.measures, (
      SELECT count(DISTINCT a.resident_code)::int
      FROM cards.photo other
      JOIN cards.application_wish w ON w.photo_sha256 = other.sha256
      JOIN cards.application a USING (application_id)
      WHERE other.likeness_parts && p.likeness_parts
        AND bit_count(other.likeness # p.likeness) <= ${BITS_APART_MAX}
        AND a.resident_code <> asked.person AND a.state NOT IN ('handed-over', 'undelivered', 'refused')
    ) AS twins
    FROM unnest(${asked.map(({ sha256 }) => sha256)}::text[], ${asked.map((one) => one.residentCode)}::text[])
      AS asked(sha256, person)
    JOIN cards.photo p ON p.sha256 = decode(asked.sha256, 'hex')`;
  return new Map(rows.map(({ key, measures, twins }) => [key, { measures, twins }]));
}

/** The photograph of an application, for its card, with the day by whose rules it is judged. */
export async function findPhotoOf(
  tx: Tx,
  applicationId: string,
): Promise<{ readonly jpeg: Buffer; readonly receivedOn: IsoDate } | undefined> {
  const [row] = await tx<{ jpeg: Buffer; receivedOn: IsoDate }[]>`
    SELECT p.jpeg, a.received_on AS "receivedOn"
    FROM cards.photo p JOIN cards.application_wish w ON w.photo_sha256 = p.sha256
    JOIN cards.application a USING (application_id)
    WHERE w.application_id = ${applicationId}`;
  return row;
}
