/**
 * What an agency may be given: the row of 別表第一, its affair, and the items (住民基本台帳法 30-9; in the texts of 2013: 30-7 (3)). The
 * version is chosen by the date of the request. Invariant: what no row allows is refused, and a number is given, or taken
 * as the key of a query, only under a row named in NUMBER_ROWS. The resident code is never given.
 */
import { readFileSync } from 'node:fs';
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { DatedRules } from '@ishizue/rules';
import { type AnnexRow, parseAnnex } from './read-annex.ts';

/** The items of identity data (本人確認情報) that can be asked for; `change` is status, reason and date of the last event. */
export const PROVISION_ITEMS = [
  'name',
  'birth-date',
  'sex',
  'address',
  'change',
  'individual-number',
] as const;
export type ProvisionItem = (typeof PROVISION_ITEMS)[number];

/** By what a person is asked for. */
export type PersonKeyKind = 'resident-code' | 'individual-number';

/**
 * How a person is asked for: by a key, by all that a strict search needs, or by less, which never finds a number and
 * is kept from every row that has numbers.
 */
export type AskedBy = PersonKeyKind | 'strict-search' | 'weak-search';

/** One row as a rule. */
export interface ProvisionRow {
  readonly row: string;
  /** The only affair of the row; begins with AFFAIR_PREFIX. */
  readonly affair: string;
  /** The legal basis as ledger entries cite it. */
  readonly article: string;
  readonly agencies: readonly string[];
  readonly affairs: string;
  readonly items: ReadonlySet<ProvisionItem>;
  readonly keys: ReadonlySet<AskedBy>;
}

/** By it the ledger's entries of provisions are known, whatever the version of the rules. */
export const AFFAIR_PREFIX = 'annex-1-';

/**
 * Rows of social insurance acts that are surely in 別表第一 of 番号法 too (its art. 9 (1)). From knowledge, and fewer than the
 * law has: that table is not at hand. A row is added here once someone has read it.
 */
const NUMBER_ROWS = new Set(['19', '42', '48', '63', '69', '72', '72-2', '73', '74', '77']);

const annex2013 = parseAnnex(readFileSync(new URL('../../data/annex-1.tsv', import.meta.url), 'utf8'));

/** The rows in force by date. The table is that of December 2013 throughout: later changes of it are not at hand. */
export const provisionRules = new DatedRules<ReadonlyMap<string, ProvisionRow>>('appended table 1', [
  {
    validFrom: '2013-12-01',
    validTo: '2015-12-31',
    source: '住民基本台帳法 第30条の7第3項, text of December 2013',
    rule: rowsOf(annex2013, '第30条の7第3項', new Set()),
  },
  {
    validFrom: '2016-01-01', // individual numbers in use
    source: '住民基本台帳法 第30条の9; 番号法 第9条第1項; rows in the text of December 2013',
    rule: rowsOf(annex2013, '第30条の9', NUMBER_ROWS),
  },
]);

function rowsOf(
  annex: readonly AnnexRow[],
  article: string,
  numberRows: ReadonlySet<string>,
): ReadonlyMap<string, ProvisionRow> {
  const inForce = annex.filter(({ agencies }) => agencies.length > 0);
  return new Map(
    inForce.map(({ row, label, agencies, affairs }) => {
      const hasNumber = numberRows.has(row);
      const rule: ProvisionRow = {
        row,
        affair: `${AFFAIR_PREFIX}${row}`,
        article: `住民基本台帳法 ${article} 別表第一の${label}の項`,
        agencies,
        affairs,
        items: new Set(PROVISION_ITEMS.filter((item) => hasNumber || item !== 'individual-number')),
        keys: new Set<AskedBy>([
          'resident-code',
          'strict-search',
          hasNumber ? 'individual-number' : 'weak-search',
        ]),
      };
      return [row, rule];
    }),
  );
}

/** What an agency asks to be given, without the person. */
export interface AskedProvision {
  readonly row: string;
  readonly affair: string;
  readonly key: AskedBy;
  readonly items: readonly ProvisionItem[];
}

/** The row under which all that is asked may be given on a date, to an agency registered under some rows. */
export function permitProvision(
  date: IsoDate,
  registeredRows: ReadonlySet<string>,
  asked: AskedProvision,
): Result<ProvisionRow, 'provision-not-permitted'> {
  const refuse = (detail: string): Result<never, 'provision-not-permitted'> =>
    fail('provision-not-permitted', detail);
  const row = provisionRules.find(date)?.rule.get(asked.row);
  if (!row) return refuse('no such row of 別表第一 is in force');
  if (!registeredRows.has(asked.row)) return refuse('the agency is not registered under the row');
  if (asked.affair !== row.affair) return refuse('the affair is not one of the row');
  if (!row.keys.has(asked.key)) return refuse(`the row does not allow a query by ${asked.key}`);
  if (asked.items.length === 0 || !asked.items.every((item) => row.items.has(item)))
    return refuse('the row does not allow all of the items');
  return ok(row);
}

/** The basis that a refusal's entry cites: the row where it is one, else the article. */
export function basisOf(date: IsoDate, row: string): { readonly article: string; readonly affair: string } {
  const found = provisionRules.find(date)?.rule.get(row);
  return found ?? { article: '住民基本台帳法 第30条の9 別表第一', affair: `${AFFAIR_PREFIX}unknown` };
}
