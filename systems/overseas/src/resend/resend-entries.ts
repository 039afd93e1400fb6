/**
 * Repair is resending: the municipality of domicile says again what each of its entries says, deleted ones too, and that
 * climbs both tiers; nothing is mended downwards. Tallies name nobody, so that all are told, in transactions of 500; told
 * twice it changes nothing, so a resend that was cut off is begun anew. Flow: docs/flows/overseas.md step 8.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { type Access, municipalSite } from '@ishizue/registry';
import type { OverseasContext } from '../overseas-context.ts';
import { prefecturalLink } from '../overseas-links.ts';
import { type EntryResent, OVERSEAS_IDENTITY_RESENT } from './entry-resent.ts';

const ENTRIES_AT_ONCE = 500;

/** @returns how many entries were told; the next comparison says whether it has mended anything */
export async function resendEntries(
  context: OverseasContext,
  municipality: string,
  access: Access,
): Promise<number> {
  const site = municipalSite(municipality);
  let after = '';
  for (let told = 0; ; ) {
    const some = await inTransaction(context.sql, { site }, (tx) =>
      resendSome(tx, context, municipality, access, after),
    );
    context.wake();
    const last = some.at(-1);
    if (last === undefined) return told;
    told += some.length;
    after = last;
  }
}

/** The codes of those that were told. */
async function resendSome(
  tx: Tx,
  context: OverseasContext,
  municipality: string,
  access: Access,
  after: string,
): Promise<readonly string[]> {
  const site = municipalSite(municipality);
  const bodies = await readEntries(tx, municipality, after);
  const at = context.clock.now();
  await recordEntries(
    tx,
    bodies.map(({ identity }) => ({
      site,
      at,
      ...access,
      subject: context.pseudonyms.of(site, identity.residentCode),
      fields: ['supplementary-entry', 'resend'],
      result: 'ok',
    })),
  );
  const link = prefecturalLink(context.municipalities, municipality);
  await sendAll(
    tx,
    bodies.map((body) => ({
      link,
      subject: body.identity.residentCode,
      topic: OVERSEAS_IDENTITY_RESENT,
      body,
    })),
  );
  return bodies.map(({ identity }) => identity.residentCode);
}

type EntryRow = Omit<EntryResent['identity'], 'formerCode'> & Omit<EntryResent, 'identity'>;

/** Locked until the messages have their numbers: what changes after is told after. */
async function readEntries(tx: Tx, municipality: string, after: string): Promise<readonly EntryResent[]> {
  const rows = await tx<EntryRow[]>`
    SELECT e.resident_code AS "residentCode", e.municipality_code AS municipality, e.sequence, e.state, e.name, e.address,
      e.is_overseas AS "isOverseas", e.birth_date AS "birthDate", e.sex, c.sequence AS "toldSequence",
      CASE c.reason WHEN 'code-changed' THEN 'corrected' ELSE c.reason END AS reason, c.event_date AS "eventDate",
      r.resident_code AS "codeBefore"
    FROM overseas.municipal_entry e
    CROSS JOIN LATERAL (
      SELECT sequence, reason, event_date FROM overseas.municipal_change
      WHERE municipality_code = e.municipality_code AND resident_code = e.resident_code AND NOT is_late
      ORDER BY sequence DESC LIMIT 1) c
    LEFT JOIN overseas.retired_code r ON r.site = ${municipalSite(municipality)} AND r.successor = e.resident_code
    WHERE e.municipality_code = ${municipality} AND e.resident_code > ${after}
    ORDER BY e.resident_code LIMIT ${ENTRIES_AT_ONCE} FOR SHARE OF e`;
  return rows.map(({ toldSequence, codeBefore, ...identity }) => ({ identity, toldSequence, codeBefore }));
}
