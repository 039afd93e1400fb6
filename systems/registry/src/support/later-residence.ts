/**
 * A person under a support measure is entered somewhere after the measure was announced. The national site, which hears of
 * every entry and keeps no name of an abuser, tells the deciding municipality where; that announces what stands now to that
 * place alone, over the national site as always. An entry heard before the announcement is in the books that the
 * announcement goes by (pass-on-support.ts), and of two at once the second waits (announcement-order.ts). What has run out is announced no more.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { codesOfPersons, currentCodes } from '../codes/retired-codes.ts';
import { municipalSite, NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { isEntry } from '../tiers/decide-identity-change.ts';
import type { DecidedNotice } from '../tiers/notice.ts';
import type { Tier } from '../tiers/tier.ts';
import { awaitAnnouncements } from './announcement-order.ts';
import type { SupportMeasure } from './support-measure.ts';
import {
  downLink,
  SUPPORT_FLAG,
  SUPPORT_RESIDENCE,
  type SupportFlagBody,
  type SupportResidenceBody,
  supportResidenceBody,
  upLink,
} from './support-message.ts';

/** Somebody who has, or had, a record somewhere. */
interface Residence {
  readonly residentCode: string;
  readonly municipality: string;
}

/** The residences that notices begin, or bring back; late ones too: a deleted record tells where somebody went. */
export const residencesOf = (decided: readonly DecidedNotice[]): readonly Residence[] =>
  decided.map(({ body }) => body).filter(({ reason }) => isEntry(reason) || reason === 'undo');

/** Tells the deciding municipalities of residences that begin; for the national site, in the transaction that records them. */
export async function tellOfLaterResidences(
  tx: Tx,
  context: RegistryContext,
  tier: Tier,
  link: HandlerContext,
  residences: readonly Residence[],
): Promise<void> {
  if (tier.prefecture !== null || residences.length === 0) return;
  await awaitAnnouncements(tx);
  const at = context.clock.now();
  const found = await tx<(SupportResidenceBody & { origin: string })[]>`
    WITH RECURSIVE begun AS (
      SELECT * FROM unnest(${residences.map((one) => one.residentCode)}::text[],
        ${residences.map((one) => one.municipality)}::text[]) AS r(code, municipality)
    ), known AS (
      SELECT code AS asked, code FROM begun
      UNION
      SELECT k.asked, r.resident_code FROM known k JOIN registry.retired_code r
        ON r.site = ${NATIONAL_SITE} AND r.successor = k.code
    )
    SELECT DISTINCT f.origin, f.measure_id AS "measureId", b.code AS "residentCode", b.municipality
    FROM begun b JOIN known k ON k.asked = b.code
    JOIN registry.national_support_flag f ON f.resident_code = k.code
    WHERE f.valid_until >= ${dateInTokyo(at)} AND f.origin <> b.municipality
    ORDER BY f.measure_id, b.code`;
  if (found.length === 0) return;
  await recordEntries(
    tx,
    found.map((one) => entryOf(context, NATIONAL_SITE, NATIONAL_SITE, one, 'ok')),
  );
  link.send(
    found.map(({ origin, ...body }) => ({
      link: downLink(origin),
      subject: body.measureId,
      topic: SUPPORT_RESIDENCE,
      body,
    })),
  );
}

/** Whom a changed code shows to be the one who is entered elsewhere by the new one: their residences so far. */
export async function tellOfJoinedPersons(
  tx: Tx,
  context: RegistryContext,
  tier: Tier,
  link: HandlerContext,
  residentCodes: readonly string[],
): Promise<void> {
  if (tier.prefecture !== null || residentCodes.length === 0) return;
  await awaitAnnouncements(tx);
  const residences = await tx<Residence[]>`
    SELECT DISTINCT resident_code AS "residentCode", municipality_code AS municipality FROM registry.national_change
    WHERE resident_code = ANY(${[...residentCodes]})`;
  await tellOfLaterResidences(tx, context, tier, link, residences);
}

const INVALID: Failure = {
  code: 'support-residence-invalid',
  detail: 'the message is not in the agreed form',
};
const UNKNOWN: Failure = {
  code: 'support-measure-unknown',
  detail: 'no such measure protects the person here',
};

/** The handler of `support-residence` at the deciding municipality. */
export function announceToResidence(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice('municipal/'.length);
    const bodies = messages.map(({ subject, body }) => {
      const { data } = supportResidenceBody.safeParse(body);
      const isFit = data?.measureId === subject && data.municipality !== municipality;
      return isFit && link.from === NATIONAL_SITE ? data : undefined;
    });
    const told = bodies.filter((body) => body !== undefined);
    const protecting = await findProtecting(tx, municipality, told);
    const today = dateInTokyo(context.clock.now());
    const announced = told.flatMap((body) => {
      const measure = protecting.get(body);
      if (!measure) return [];
      const announcement = announcementOf(municipality, measure, body.municipality);
      return [{ body, flag: announcement && announcement.validUntil >= today ? announcement : undefined }];
    });
    await recordEntries(
      tx,
      announced.map(({ body, flag }) =>
        entryOf(context, link.to, link.from, body, flag ? 'ok' : 'measure-not-in-force'),
      ),
    );
    link.send(
      announced.flatMap(({ flag }) =>
        flag
          ? [{ link: upLink(municipality), subject: flag.measureId, topic: SUPPORT_FLAG, body: flag }]
          : [],
      ),
    );
    return bodies.map((body) => {
      if (!body) return INVALID;
      return protecting.has(body) ? undefined : UNKNOWN;
    });
  };
}

type Announced = Pick<
  SupportMeasure,
  'measureId' | 'version' | 'persons' | 'validFrom' | 'validUntil' | 'abusers' | 'tell'
>;

/** The measures, locked, that protect whom the national site tells of; a measure keeps the codes of its application. */
async function findProtecting(
  tx: Tx,
  municipality: string,
  told: readonly SupportResidenceBody[],
): Promise<ReadonlyMap<SupportResidenceBody, Announced>> {
  const site = municipalSite(municipality);
  const rows = await tx<Announced[]>`
    SELECT measure_id AS "measureId", version, persons, valid_from AS "validFrom", valid_until AS "validUntil", abusers,
      tell
    FROM registry.municipal_support_measure
    WHERE municipality_code = ${municipality} AND measure_id = ANY(${told.map(({ measureId }) => measureId)})
    ORDER BY measure_id FOR SHARE`;
  const measures = new Map(rows.map((row) => [row.measureId, row]));
  const codes = told.map(({ residentCode }) => residentCode);
  const current = await currentCodes(tx, site, codes);
  const currentOf = (code: string): string => current.get(code) ?? code;
  const former = await codesOfPersons(tx, site, codes.map(currentOf));
  const found = new Map<SupportResidenceBody, Announced>();
  for (const body of told) {
    const measure = measures.get(body.measureId);
    const code = currentOf(body.residentCode);
    if (measure?.persons.some((one) => one === code || former.get(one) === code)) found.set(body, measure);
  }
  return found;
}

/** What stands, as it was announced last, for one place. */
function announcementOf(
  origin: string,
  { measureId, version, persons, validFrom, validUntil, abusers, tell }: Announced,
  only: string,
): SupportFlagBody | undefined {
  if (validFrom === null || validUntil === null) return undefined;
  return {
    origin,
    measureId,
    version,
    persons: [...persons],
    validFrom,
    validUntil,
    abusers: [...abusers],
    tell: [...tell],
    only,
  };
}

function entryOf(
  context: RegistryContext,
  site: string,
  actor: string,
  { measureId, residentCode }: SupportResidenceBody,
  result: string,
): LedgerEntry {
  return {
    site,
    at: context.clock.now(),
    actorKind: 'site',
    actor,
    terminal: 'link',
    article: '住民基本台帳法 第12条',
    affair: 'support-measure',
    subject: context.pseudonyms.of(site, residentCode),
    fields: ['support-measure', 'later-residence'],
    result,
    correlation: measureId,
  };
}
