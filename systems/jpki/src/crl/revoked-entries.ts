/**
 * The entries of a list from the database: how many octets they will take, then the entries themselves, by one statement,
 * so that both are of one state. An entry leaves the list only after it stood on one that was made after the
 * certificate's end (RFC 5280 3.3), so that nobody can miss it. A list has the entries of every generation: all have one
 * name, and by the name verifiers may take the list of one for a certificate of another (RFC 5280 6.3.3 b and f).
 */
import { type CopyRow, copyRows, sqlLiteral, type Tx } from '@ishizue/db';
import {
  type CrlEntry,
  encodeCrlEntries,
  encodeCrlEntryChunks,
  REVOCATION_REASONS,
  type RevocationReason,
} from '@ishizue/x509';
import type { Authority } from '../authority/authorities.ts';
import { holderSerialOctets } from '../profile/serial-numbers.ts';

/** The point of the list of a whole generation. */
export const WHOLE_GENERATION = 0;

/** Octets of entries that go to the file and to the signer at a time. */
const CHUNK_BYTES = 128 * 1024;

export interface EntriesQuestion {
  readonly authority: Authority;
  /** Those of the kind that have not ended. */
  readonly generations: readonly number[];
  readonly point: number;
  /** No entry is of a later instant. */
  readonly thisUpdate: number;
  /** When the list before this one was made. */
  readonly last: Date | undefined;
}

/** Entries that are about to come. */
export interface RevokedEntries {
  readonly count: number;
  /** Of all entries in DER. */
  readonly bytes: number;
  /** To be read at once, in the same transaction; entries in DER, many at a time. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Must be called in the end, read to the end or not: until then the transaction can do nothing else. */
  close(): Promise<void>;
}

interface Row {
  readonly serial: number;
  readonly revokedAt: number | undefined;
  readonly text: string;
}

/** How many entries there are of each size: all, with a reason, of 2050 and later, of those with a reason. */
type Totals = readonly [count: number, withReason: number, late: number, lateWithReason: number];

export async function openEntries(tx: Tx, question: EntriesQuestion): Promise<RevokedEntries> {
  const batches = copyRows(tx, selectOf(question), readRow);
  const first = await batches.next();
  const [head, ...rows] = first.done === true ? [] : first.value;
  if (!head || head.serial !== TOTALS) throw new Error('the totals of a list did not come first');
  const totals = readTotals(head.text);
  const all = async function* (): AsyncGenerator<Iterable<CrlEntry>> {
    yield rows.map(toEntry);
    for await (const batch of batches) yield batch.map(toEntry);
  };
  return {
    count: totals[0],
    bytes: bytesOf(totals),
    chunks: encodeCrlEntryChunks(all(), CHUNK_BYTES),
    close: async () => void (await batches.return()),
  };
}

/** Below every serial number: the row that comes first. */
const TOTALS = -1;
/** From then on times take two octets more (RFC 5280 5.1.2.6). */
const LATE = new Date('2050-01-01T00:00:00Z');

/** The totals and the rows in one statement. COPY takes no parameters, so values stand in its text. */
function selectOf({ authority, generations, point, thisUpdate, last }: EntriesQuestion): string {
  const { kind, certificate } = authority;
  const ofScope = point === WHOLE_GENERATION ? `kind = ${sqlLiteral(kind)}` : `point = ${sqlLiteral(point)}`;
  // what ended before this generation began was never to be looked up on a list of it
  const endsFrom = last ?? new Date(certificate.notBefore);
  const listed = (ofGeneration: string): string => `
    FROM jpki.certificate
    WHERE ${ofScope} AND generation ${ofGeneration} AND revoked_at IS NOT NULL
      AND expires_at >= ${sqlLiteral(endsFrom)}`;
  // a revocation by another clock may be of the next moment: what is acknowledged is listed all the same
  const revokedAt = `least(revoked_at, ${sqlLiteral(new Date(thisUpdate))})`;
  const [late, hasReason] = [`${revokedAt} >= ${sqlLiteral(LATE)}`, "reason <> 'unspecified'"];
  // each by itself: one that is read in the order of its index needs no sorting
  const eachGeneration = generations.map(
    (generation) => `
    UNION ALL
    SELECT serial, ${revokedAt}, reason ${listed(`= ${sqlLiteral(generation)}`)}`,
  );
  return `
    SELECT ${TOTALS} AS serial, NULL::timestamptz AS revoked_at,
      concat_ws(' ', count(*), count(*) FILTER (WHERE ${hasReason}), count(*) FILTER (WHERE ${late}),
        count(*) FILTER (WHERE ${late} AND ${hasReason})) AS text
    ${listed(`IN (${generations.map(sqlLiteral).join(', ')})`)}
    ${eachGeneration.join(' ')}
    ORDER BY serial`;
}

const readRow = (row: CopyRow): Row => ({
  serial: row.int() ?? 0,
  revokedAt: row.instant(),
  text: row.text() ?? '',
});

function readTotals(text: string): Totals {
  const [count = 0, withReason = 0, late = 0, lateWithReason = 0] = text.split(' ').map(Number);
  return [count, withReason, late, lateWithReason];
}

function toEntry({ serial, revokedAt, text }: Row): CrlEntry {
  if (revokedAt === undefined || !isReason(text)) throw new Error('a revocation without time or reason');
  return { serial: holderSerialOctets(serial), revokedAt, reason: text };
}

const isReason = (text: string): text is RevocationReason => Object.hasOwn(REVOCATION_REASONS, text);

/** Serial numbers of holders are of one length, so entries are of four sizes. */
function bytesOf([count, withReason, late, lateWithReason]: Totals): number {
  const plain = count - withReason - late + lateWithReason;
  return (
    plain * sizeOf(0, 'unspecified') +
    (withReason - lateWithReason) * sizeOf(0, 'superseded') +
    (late - lateWithReason) * sizeOf(LATE.getTime(), 'unspecified') +
    lateWithReason * sizeOf(LATE.getTime(), 'superseded')
  );
}

const SAMPLE_SERIAL = holderSerialOctets(0x0080_0000);

const sizeOf = (revokedAt: number, reason: RevocationReason): number =>
  encodeCrlEntries([{ serial: SAMPLE_SERIAL, revokedAt, reason }]).length;
