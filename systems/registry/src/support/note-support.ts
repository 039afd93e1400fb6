/**
 * A municipality that holds something of a person under a support measure elsewhere is told of it, and goes by it as the
 * deciding one does. The deciding one is told whom the message went to, and whom it must tell by letter.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { municipalSite, NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { supportFlagBody, supportToldBody } from './support-message.ts';
import { storeFlags } from './support-store.ts';

const INVALID: Failure = { code: 'support-flag-invalid', detail: 'the message is not in the agreed form' };

/** The handler of `support-flag` at a municipal site. */
export function noteSupport(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice('municipal/'.length);
    const site = municipalSite(municipality);
    const bodies = messages.map((message) => {
      const { data } = supportFlagBody.safeParse(message.body);
      // nobody is told of a measure of their own
      const isFit = data?.measureId === message.subject && data.origin !== municipality;
      return isFit && link.from === NATIONAL_SITE ? data : undefined;
    });
    const flags = bodies.filter((body) => body !== undefined);
    const at = context.clock.now();
    await storeFlags(tx, municipality, flags, at);
    await recordEntries(
      tx,
      flags.flatMap(({ persons, origin, measureId }) =>
        persons.map((code) => ({
          site,
          at,
          actorKind: 'site' as const,
          actor: municipalSite(origin),
          terminal: 'link',
          article: '住民基本台帳法 第12条',
          affair: 'support-measure',
          subject: context.pseudonyms.of(site, code),
          fields: ['support-measure', 'note'],
          result: 'ok',
          correlation: measureId,
        })),
      ),
    );
    return bodies.map((body) => (body ? undefined : INVALID));
  };
}

/** The handler of `support-told` at the deciding municipality. */
export function noteTold(): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice('municipal/'.length);
    const bodies = messages.map((message) => {
      const { data } = supportToldBody.safeParse(message.body);
      return data?.measureId === message.subject && link.from === NATIONAL_SITE ? data : undefined;
    });
    await storeTold(
      tx,
      municipality,
      bodies.filter((body) => body !== undefined),
    );
    return bodies.map((body) => (body ? undefined : INVALID));
  };
}

/** Only what is said of the latest version; in one envelope that is the only one that can match. */
async function storeTold(
  tx: Tx,
  municipality: string,
  bodies: readonly { measureId: string; version: number; told: string[]; notReached: string[] }[],
): Promise<void> {
  if (bodies.length === 0) return;
  await tx`
    UPDATE registry.municipal_support_measure m
    SET told = ARRAY(SELECT jsonb_array_elements_text(r.told)),
      not_reached = ARRAY(SELECT jsonb_array_elements_text(r."notReached"))
    FROM jsonb_to_recordset(${tx.json([...bodies])}) AS r("measureId" text, version int, told jsonb, "notReached" jsonb)
    WHERE m.municipality_code = ${municipality} AND m.measure_id = r."measureId" AND m.version = r.version`;
}
