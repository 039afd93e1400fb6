/**
 * A code that the national site had allotted to one municipality's store comes up in another one, as a rule in a register
 * that is loaded later with the codes that it always had. The store gives the code back if it is still free: it is told,
 * looks, and answers. Invariant: a code that is withdrawn is in no store again. Flow: docs/flows/code-change.md.
 */
import type { Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import type { AddressedMessage, Handler, HandlerContext } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { z } from 'zod';
import { municipalSite, NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { isEntry } from '../tiers/decide-identity-change.ts';
import type { Notice } from '../tiers/notice.ts';

/** From the national site to the municipality in whose store the code should be. */
export const RESIDENT_CODE_RECALL = 'resident-code-recall';
/** The municipality's answer. */
export const RESIDENT_CODE_RECALLED = 'resident-code-recalled';

const code = { municipality: z.string().regex(/^\d{6}$/), residentCode: z.string().regex(/^\d{11}$/) };
const recallBody = z.strictObject(code);
/** `in-use`: somebody has, or had, the code there; the municipality's own word of it is on its way. */
const recalledBody = z.strictObject({ ...code, state: z.enum(['withdrawn', 'in-use']) });

type Recalled = z.infer<typeof recalledBody>;

const INVALID: Failure = { code: 'recall-invalid', detail: 'the message is not in the agreed form' };

/** Writes that codes were allotted to a municipality. */
export async function noteAllotted(tx: Tx, municipality: string, codes: readonly string[]): Promise<void> {
  await tx`
    INSERT INTO registry.national_allotted_code (resident_code, municipality_code)
    SELECT code, ${municipality} FROM unnest(${[...codes]}::text[]) AS code ON CONFLICT DO NOTHING`;
}

/** A municipality has spoken of codes itself: they are allotted no more, they are somebody's. */
export async function settleAllotted(
  tx: Tx,
  told: readonly { readonly residentCode: string; readonly municipality: string }[],
): Promise<void> {
  if (told.length === 0) return;
  await tx`
    DELETE FROM registry.national_allotted_code a
    USING unnest(${told.map(({ residentCode }) => residentCode)}::text[],
      ${told.map(({ municipality }) => municipality)}::text[]) AS t(code, municipality)
    WHERE a.resident_code = t.code AND a.municipality_code = t.municipality`;
}

/** What the national site sends of entries by codes that it had allotted to others: each store is asked once. */
export async function recallAllotted(
  tx: Tx,
  context: RegistryContext,
  link: HandlerContext,
  notices: readonly Notice[],
): Promise<readonly AddressedMessage[]> {
  const entries = notices.flatMap(({ body }) => (isEntry(body.reason) ? [body] : []));
  if (entries.length === 0) return [];
  await settleAllotted(tx, entries);
  const at = context.clock.now();
  const recalled = await tx<{ residentCode: string; municipality: string }[]>`
    UPDATE registry.national_allotted_code SET recalled_at = ${new Date(at)}
    WHERE resident_code = ANY(${entries.map(({ residentCode }) => residentCode)}) AND recalled_at IS NULL
    RETURNING resident_code AS "residentCode", municipality_code AS municipality`;
  await recordEntries(
    tx,
    recalled.map(({ residentCode }) => entryOf(context, link, residentCode, 'ok')),
  );
  return recalled.map((body) => ({
    link: `${NATIONAL_SITE}>${municipalSite(body.municipality)}:registry`,
    // as the allotment itself: never before it
    subject: body.municipality,
    topic: RESIDENT_CODE_RECALL,
    body: { ...body },
  }));
}

/** The handler of `resident-code-recall` at a municipal site: takes the codes out of the store, and says what it found. */
export function withdrawCodes(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const parsed = messages.map(({ body }) => recallBody.safeParse(body));
    const asked = parsed.flatMap(({ data }) =>
      data && link.from === NATIONAL_SITE && link.to === municipalSite(data.municipality) ? [data] : [],
    );
    const codes = asked.map(({ residentCode }) => residentCode);
    const municipality = link.to.slice('municipal/'.length);
    await tx`
      DELETE FROM registry.municipal_free_code
      WHERE municipality_code = ${municipality} AND resident_code = ANY(${codes})`;
    const used = await tx<{ code: string }[]>`
      SELECT resident_code AS code FROM registry.municipal_resident
      WHERE municipality_code = ${municipality} AND resident_code = ANY(${codes})
      UNION SELECT resident_code FROM registry.retired_code WHERE site = ${link.to} AND resident_code = ANY(${codes})`;
    const inUse = new Set(used.map((row) => row.code));
    const answers = asked.map(
      (one): Recalled => ({ ...one, state: inUse.has(one.residentCode) ? 'in-use' : 'withdrawn' }),
    );
    await recordEntries(
      tx,
      answers.map(({ residentCode, state }) => entryOf(context, link, residentCode, state)),
    );
    link.send(
      answers.map((body) => ({
        link: `${link.to}>${NATIONAL_SITE}:registry`,
        subject: body.residentCode,
        topic: RESIDENT_CODE_RECALLED,
        body,
      })),
    );
    return parsed.map(({ data }) => (data && asked.includes(data) ? undefined : INVALID));
  };
}

/** The handler of `resident-code-recalled` at the national site. A code in use stays allotted until its word comes. */
export function noteRecalled(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const parsed = messages.map(({ body }) => recalledBody.safeParse(body));
    const told = parsed.flatMap(({ data }) =>
      data && link.to === NATIONAL_SITE && link.from === municipalSite(data.municipality) ? [data] : [],
    );
    await settleAllotted(
      tx,
      told.filter(({ state }) => state === 'withdrawn'),
    );
    await recordEntries(
      tx,
      told.map(({ residentCode, state }) => entryOf(context, link, residentCode, state)),
    );
    return parsed.map(({ data }) => (data && told.includes(data) ? undefined : INVALID));
  };
}

function entryOf(
  context: RegistryContext,
  link: HandlerContext,
  residentCode: string,
  result: string,
): LedgerEntry {
  return {
    site: link.to,
    at: context.clock.now(),
    actorKind: 'site' as const,
    actor: link.from,
    terminal: 'link',
    article: '住民基本台帳法 第30条の2',
    affair: 'resident-code-recall',
    subject: context.pseudonyms.of(link.to, residentCode),
    fields: ['resident-code'],
    result,
    correlation: link.link,
  };
}
