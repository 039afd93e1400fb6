/**
 * The national site passes a support measure on to each municipality that holds something of the persons: where its own
 * books say that they have lived, and whom the deciding municipality names (the domicile's). Each gets only those of the
 * persons that concern it. The site keeps who is protected until when, for weaker searches; who is feared it does not keep.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { AddressedMessage, Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { codesOfPersons, currentCodes } from '../codes/retired-codes.ts';
import { municipalSite, NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { awaitEntries } from './announcement-order.ts';
import {
  downLink,
  SUPPORT_FLAG,
  SUPPORT_TOLD,
  type SupportFlagBody,
  supportFlagBody,
} from './support-message.ts';

const INVALID: Failure = { code: 'support-flag-invalid', detail: 'the message is not in the agreed form' };

/** The handler of `support-flag` at the national site. */
export function passOnSupport(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const bodies = messages.map((message) => {
      const { data } = supportFlagBody.safeParse(message.body);
      const isOwn = data?.measureId === message.subject && municipalSite(data.origin) === link.from;
      return isOwn ? data : undefined;
    });
    const told = bodies.filter((body) => body !== undefined);
    if (told.length > 0) {
      await awaitEntries(tx);
      const flags = await underAllCodes(tx, told);
      const lived = await residencesOf(
        tx,
        flags.flatMap(({ persons }) => persons),
      );
      const open = await openMunicipalities(
        tx,
        flags.flatMap(({ tell }) => tell),
      );
      await storeNational(tx, flags);
      const at = context.clock.now();
      await recordEntries(
        tx,
        flags.flatMap(({ persons, measureId }) =>
          persons.map((code) => ({
            site: NATIONAL_SITE,
            at,
            actorKind: 'site' as const,
            actor: link.from,
            terminal: 'link',
            article: '住民基本台帳法 第12条',
            affair: 'support-measure',
            subject: context.pseudonyms.of(NATIONAL_SITE, code),
            fields: ['support-measure', 'pass-on'],
            result: 'ok',
            correlation: measureId,
          })),
        ),
      );
      link.send(flags.flatMap((flag) => messagesOf(flag, lived, open)));
    }
    return bodies.map((body) => (body ? undefined : INVALID));
  };
}

/** The flags with all codes of their persons: where somebody lived before a change of the code, the record has the old one. */
async function underAllCodes(tx: Tx, flags: readonly SupportFlagBody[]): Promise<readonly SupportFlagBody[]> {
  const asked = flags.flatMap(({ persons }) => persons);
  const current = await currentCodes(tx, NATIONAL_SITE, asked);
  const currentOf = (code: string): string => current.get(code) ?? code;
  const before = await codesOfPersons(tx, NATIONAL_SITE, asked.map(currentOf));
  const former = Map.groupBy(before.keys(), (code) => before.get(code));
  return flags.map((flag) => ({
    ...flag,
    persons: [...new Set(flag.persons.map(currentOf).flatMap((code) => [code, ...(former.get(code) ?? [])]))],
  }));
}

/** Where persons have lived by the site's books, deleted records included; by every code that they have had. */
async function residencesOf(
  tx: Tx,
  persons: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const before = await codesOfPersons(tx, NATIONAL_SITE, persons);
  const rows = await tx<{ code: string; municipalities: string[] }[]>`
    SELECT resident_code AS code, array_agg(DISTINCT municipality_code) AS municipalities
    FROM registry.national_change WHERE resident_code = ANY(${[...persons]}) GROUP BY resident_code`;
  const lived = new Map(rows.map(({ code, municipalities }) => [code, municipalities]));
  for (const [former, code] of before) lived.set(former, lived.get(code) ?? []);
  return lived;
}

/** Those of some municipalities that take part: they have been given resident codes. */
async function openMunicipalities(tx: Tx, municipalities: readonly string[]): Promise<ReadonlySet<string>> {
  if (municipalities.length === 0) return new Set();
  const rows = await tx<{ code: string }[]>`
    SELECT DISTINCT municipality_code AS code FROM registry.national_code_allocation
    WHERE municipality_code = ANY(${[...municipalities]})`;
  return new Set(rows.map(({ code }) => code));
}

async function storeNational(tx: Tx, flags: readonly SupportFlagBody[]): Promise<void> {
  const rows = flags.flatMap(({ persons, origin, measureId, version, validFrom, validUntil }) =>
    persons.map((residentCode) => ({ residentCode, origin, measureId, version, validFrom, validUntil })),
  );
  await tx`
    INSERT INTO registry.national_support_flag AS f (resident_code, origin, measure_id, version, valid_from, valid_until)
    SELECT DISTINCT ON (r."residentCode", r.origin, r."measureId") r."residentCode", r.origin, r."measureId", r.version,
      r."validFrom", r."validUntil"
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r("residentCode" text, origin text, "measureId" text, version int,
      "validFrom" date, "validUntil" date)
    ORDER BY r."residentCode", r.origin, r."measureId", r.version DESC
    ON CONFLICT (resident_code, origin, measure_id) DO UPDATE SET version = excluded.version,
      valid_from = excluded.valid_from, valid_until = excluded.valid_until
    WHERE f.version < excluded.version`;
}

function messagesOf(
  flag: SupportFlagBody,
  lived: ReadonlyMap<string, readonly string[]>,
  open: ReadonlySet<string>,
): readonly AddressedMessage[] {
  const { only, ...announced } = flag;
  const { origin, measureId, version, tell } = announced;
  const concerned = new Map<string, string[]>();
  for (const code of flag.persons) {
    const places = new Set([...(lived.get(code) ?? []), ...tell.filter((one) => open.has(one))]);
    for (const place of places)
      if (place !== origin) concerned.set(place, [...(concerned.get(place) ?? []), code]);
  }
  const told = [...concerned.keys()].sort();
  const notReached = tell.filter((one) => one !== origin && !concerned.has(one));
  const message = { subject: measureId, topic: SUPPORT_FLAG };
  return [
    ...told
      .filter((place) => only === undefined || place === only)
      .map((place) => ({
        ...message,
        link: downLink(place),
        body: { ...announced, persons: concerned.get(place) ?? [], tell: [] },
      })),
    {
      link: downLink(origin),
      subject: measureId,
      topic: SUPPORT_TOLD,
      body: { measureId, version, told, notReached },
    },
  ];
}
