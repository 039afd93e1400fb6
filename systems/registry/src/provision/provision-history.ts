/**
 * What was provided about a person: to whom, when, under which row, which items (提供状況; disclosed under 個人情報の保護に関する法律 76), and
 * the yearly report by agency and affair. Both are read from the ledger, of which every provision is part, so that neither
 * can leave one out. The ledger answers to its own role: the look itself is recorded, and committed, before it.
 */
import { type IsoDate, startOfDateInTokyo } from '@ishizue/clock';
import { inTransaction, type Sql } from '@ishizue/db';
import { countEntries, type EntryCount, entriesOfAffairs, type Position, recordEntry } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { codesOfPerson } from '../codes/retired-codes.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { AFFAIR_PREFIX } from './provision-rules.ts';

/** One provision of a person's data. */
export interface Provided {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly agency: string;
  /** The row of 別表第一, as the act cites it. */
  readonly article: string;
  readonly affair: string;
  readonly items: readonly string[];
  /** The agency's case, or its batch query or standing list. */
  readonly caseNumber: string;
}

export interface ProvisionHistory {
  /** Newest first. */
  readonly provided: readonly Provided[];
  /** Hand it back as `before` for the next page. */
  readonly next: Position | undefined;
}

/**
 * A page of a person's provision history.
 * @param ledger a pool of the ledger's role
 */
export async function provisionHistory(
  context: RegistryContext,
  ledger: Sql,
  access: Access,
  residentCode: string,
  page: { readonly before?: Position | undefined; readonly limit: number },
): Promise<ProvisionHistory> {
  const codes = await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await recordEntry(tx, {
      site: NATIONAL_SITE,
      at: context.clock.now(),
      ...access,
      subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
      fields: ['provision-history'],
      result: 'ok',
    });
    return codesOfPerson(tx, NATIONAL_SITE, residentCode);
  });
  // entries keep the pseudonym of their time: a person whose code has changed has several
  const subjects = codes.map((code) => context.pseudonyms.of(NATIONAL_SITE, code));
  const asked = { affairPrefix: AFFAIR_PREFIX, result: 'ok', ...page };
  const { entries, next } = await entriesOfAffairs(ledger, NATIONAL_SITE, subjects, asked);
  const provided = entries.map(({ at, actor, article, affair, fields, correlation }) => ({
    at,
    agency: actor,
    article,
    affair,
    items: fields,
    caseNumber: correlation,
  }));
  return { provided, next };
}

/** A line of the yearly report: provisions (`ok`) and refusals by code of one agency for one affair. */
export type ProvisionCount = EntryCount;

/**
 * The report of a fiscal year (April to March) by agency and affair.
 * @param ledger a pool of the ledger's role
 * @param year the year in which it begins
 */
export function provisionReport(ledger: Sql, year: number): Promise<readonly ProvisionCount[]> {
  const firstDay = (of: number): IsoDate => `${of}-04-01`;
  return countEntries(ledger, NATIONAL_SITE, {
    affairPrefix: AFFAIR_PREFIX,
    from: new Date(startOfDateInTokyo(firstDay(year))),
    until: new Date(startOfDateInTokyo(firstDay(year + 1))),
  });
}
