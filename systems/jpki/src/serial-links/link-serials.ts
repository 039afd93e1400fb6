/**
 * Leads entitled verifiers from serial numbers to others of the same person (docs/flows/verifiers.md step 5). However many
 * are asked about, one statement reads and one writes the ledger entries: one for each certificate asked about, answered,
 * unknown or refused, in the same transaction. A verifier of one kind is never told a serial number of the other.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { CARD_KIND_OF, CARD_KINDS, type CertificateKind } from '../profile/certificate-kind.ts';
import { type PermitFailure, permitVerifier } from '../verifiers/permit-verifier.ts';
import { type VerifierCall, verifierAccess } from '../verifiers/verifier-access.ts';
import type { VerifierService } from '../verifiers/verifier-terms.ts';
import { type HandedOutCertificate, type LinkedSerials, pickLinks, type SerialLink } from './pick-links.ts';

/** What is counted: each certificate asked about is an entry of this affair in the ledger. */
export const SERIAL_LINKS_AFFAIR = 'serial-links';

const SERVICE_OF = {
  older: 'older-serials',
  newer: 'newer-serials',
  other: 'other-certificate',
} as const satisfies Readonly<Record<SerialLink, VerifierService>>;

export interface LinksAsked {
  readonly kind: CertificateKind;
  readonly serials: readonly number[];
  readonly links: readonly SerialLink[];
}

/** One for each serial number, in the order asked. */
export type LinkAnswer = Result<LinkedSerials, 'certificate-unknown'>;

export function linkSerials(
  context: JpkiContext,
  caller: VerifierCall,
  asked: LinksAsked,
): Promise<Result<readonly LinkAnswer[], PermitFailure>> {
  const { kind, serials, links } = asked;
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const permit = await permitVerifier(tx, caller, {
      services: links.map((link) => SERVICE_OF[link]),
      certificateKinds: links.includes('other') ? CARD_KINDS : [CARD_KIND_OF[kind]],
    });
    // who is refused learns nothing, but the person does: the holders are read for the ledger in any case
    const holders = await readHolders(tx, kind, serials);
    const chains = await readChains(tx, permit.ok ? [...new Set(holders.values())] : []);
    const answers = serials.map((serial): LinkAnswer => {
      const holder = holders.get(serial);
      const chain = holder === undefined ? undefined : chains.get(holder);
      return chain
        ? ok(pickLinks(chain, { kind, serial }, links))
        : fail('certificate-unknown', 'no certificate of this number was handed out');
    });
    await record(tx, context, {
      caller,
      asked,
      holders,
      refusal: permit.ok ? undefined : permit.failure.code,
    });
    return permit.ok ? ok(answers) : permit;
  });
}

/** Whose the certificates are, by serial number. */
async function readHolders(
  tx: Tx,
  kind: CertificateKind,
  serials: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await tx<{ serial: number; residentCode: string }[]>`
    SELECT serial, resident_code AS "residentCode" FROM jpki.certificate
    WHERE kind = ${kind} AND serial = ANY(${[...serials]}::int[]) AND signature IS NOT NULL`;
  return new Map(rows.map(({ serial, residentCode }) => [serial, residentCode]));
}

/**
 * All that these persons were handed out, in the order of it: a renewal at a desk is handed out after it was made, and what
 * was issued meanwhile is what it supersedes.
 */
async function readChains(
  tx: Tx,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, readonly HandedOutCertificate[]>> {
  if (residentCodes.length === 0) return new Map();
  const rows = await tx<(HandedOutCertificate & { readonly residentCode: string })[]>`
    SELECT c.kind, c.serial, c.card_id AS "cardId", c.resident_code AS "residentCode"
    FROM jpki.certificate c
    LEFT JOIN jpki.renewal r ON c.request_id LIKE 'renewal/%' AND r.request_id = substr(c.request_id, 9)
    WHERE c.resident_code = ANY(${[...residentCodes]}) AND c.signature IS NOT NULL
    ORDER BY coalesce(r.done_at, c.issued_at), c.revoked_at NULLS LAST, c.serial`;
  return Map.groupBy(rows, ({ residentCode }) => residentCode);
}

interface Answered {
  readonly caller: VerifierCall;
  readonly asked: LinksAsked;
  readonly holders: ReadonlyMap<number, string>;
  readonly refusal: PermitFailure | undefined;
}

async function record(
  tx: Tx,
  { clock, pseudonyms }: JpkiContext,
  { caller, asked: { kind, serials, links }, holders, refusal }: Answered,
): Promise<void> {
  const access = verifierAccess(caller, kind, SERIAL_LINKS_AFFAIR);
  const at = clock.now();
  await recordEntries(
    tx,
    serials.map((serial) => {
      const holder = holders.get(serial);
      return {
        site: NATIONAL_SITE,
        at,
        ...access,
        subject: holder === undefined ? null : pseudonyms.of(NATIONAL_SITE, holder),
        fields: [`${kind}-certificate`, ...links.map((link) => SERVICE_OF[link])],
        result: refusal ?? (holder === undefined ? 'certificate-unknown' : 'ok'),
      };
    }),
  );
}
