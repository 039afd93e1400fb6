/**
 * Which pseudonym a certificate has at a municipality (docs/flows/local-authentication.md step 6). A pseudonym is drawn at
 * random, so that nobody can go from one municipality's to another's; a certificate stands in the table as an HMAC under the
 * municipality's key. Invariant: a certificate has one pseudonym for good; certificates that the centre links have the same
 * one, unless they had different ones before, and then nobody guesses.
 */
import { randomInt } from 'node:crypto';
import type { Tx } from '@ishizue/db';
import { municipalSite } from '@ishizue/registry';
import type { LocalContext } from '../local-context.ts';
import type { LocalKind } from '../local-kind.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const PSEUDONYM_LETTERS = 28; // 131 bits; letters only, since digits in a row look like somebody's number

const drawPseudonym = (): string =>
  Array.from({ length: PSEUDONYM_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/**
 * How a certificate is known at a municipality. A serial number is one certificate's of its kind in all generations.
 * @param serial eight hexadecimal digits
 */
export const certificateHandle = (
  { pseudonyms }: Pick<LocalContext, 'pseudonyms'>,
  municipality: string,
  kind: LocalKind,
  serial: string,
): Buffer => pseudonyms.of(municipalSite(municipality), `certificate ${kind} ${serial}`);

/** Under which subject the municipality's ledger has what is done about a pseudonym. */
export const ledgerSubject = (
  { pseudonyms }: Pick<LocalContext, 'pseudonyms'>,
  municipality: string,
  pseudonym: string,
): Buffer => pseudonyms.of(municipalSite(municipality), `local pseudonym ${pseudonym}`);

/** Undefined where the certificate is not enrolled. */
export async function findPseudonym(
  tx: Tx,
  municipality: string,
  certificate: Buffer,
): Promise<string | undefined> {
  const [row] = await tx<{ pseudonym: string }[]>`
    SELECT pseudonym FROM local_authentication.municipal_enrolment
    WHERE municipality_code = ${municipality} AND certificate = ${certificate}`;
  return row?.pseudonym;
}

export interface Enrolled {
  readonly pseudonym: string;
  /** Linked certificates have several pseudonyms: this one is new, and joins none. */
  readonly isAmbiguous: boolean;
}

/**
 * Enrols a certificate together with all that the centre links to it, older and newer: whoever of them comes next finds the
 * same pseudonym without a question, also one that was asked about before this one was issued.
 */
export async function enrol(
  tx: Tx,
  { clock }: Pick<LocalContext, 'clock'>,
  municipality: string,
  itself: Buffer,
  linked: readonly Buffer[],
): Promise<Enrolled> {
  const all = [...new Set([itself, ...linked].map((each) => each.toString('hex')))].sort();
  // in one order, so that two who enrol certificates of one person take turns and never wait for each other
  await tx`
    SELECT pg_advisory_xact_lock(hashtextextended('local enrolment ' || text, 0))
    FROM (SELECT text FROM unnest(${all}::text[]) WITH ORDINALITY AS given(text, place) ORDER BY place) AS ordered`;
  const known = await tx<{ certificate: Buffer; pseudonym: string }[]>`
    SELECT certificate, pseudonym FROM local_authentication.municipal_enrolment
    WHERE municipality_code = ${municipality}
      AND certificate IN (SELECT decode(text, 'hex') FROM unnest(${all}::text[]) AS text)`;
  const own = known.find(({ certificate }) => certificate.equals(itself));
  if (own) return { pseudonym: own.pseudonym, isAmbiguous: false };
  const [only, ...others] = new Set(known.map(({ pseudonym }) => pseudonym));
  const isAmbiguous = others.length > 0;
  const pseudonym = only === undefined || isAmbiguous ? drawPseudonym() : only;
  const enrolled = isAmbiguous ? [itself.toString('hex')] : all;
  await tx`
    INSERT INTO local_authentication.municipal_enrolment (municipality_code, certificate, pseudonym, enrolled_at)
    SELECT ${municipality}, decode(text, 'hex'), ${pseudonym}, ${new Date(clock.now())}
    FROM unnest(${enrolled}::text[]) AS text
    ON CONFLICT (municipality_code, certificate) DO NOTHING`;
  return { pseudonym, isAmbiguous };
}
