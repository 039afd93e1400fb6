/**
 * What a disclosure has to ask before a move: who the person is and what the fee, whether anything stands against a
 * representative, whether the municipality has sent another record. Each look is on the ledger.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { DatedRules } from '@ishizue/rules';
import { currentCodes } from '../codes/retired-codes.ts';
import { hiddenAmong } from '../support/hidden-from-search.ts';
import {
  accessOf,
  CORRECTION_ARTICLE,
  type DisclosureContext,
  IDENTITY_ARTICLE,
  type Looking,
} from './disclosure-context.ts';
import { findRequesters, type RequesterFailure } from './find-requesters.ts';
import { readHeld } from './read-own-data.ts';

interface AskedForm {
  readonly name: string;
  readonly birthDate: string;
  readonly sex?: 'male' | 'female' | undefined;
  readonly address: string;
  readonly residentCode?: string | undefined;
  readonly asks: string;
  readonly asker: 'person' | 'parent' | 'guardian';
}

interface Asked extends Looking {
  readonly today: IsoDate;
  readonly form: AskedForm;
  readonly record: { readonly residentCode?: string | undefined; readonly held?: string | undefined };
}

/** What is known when a request is received. */
export interface PreparedRequest {
  /** Absent where the site holds nobody with the items: the answer says so. */
  readonly residentCode?: string;
  /** In whole yen. */
  readonly fee: number;
}

const SEX = { male: 1, female: 2 } as const;

/** As a search takes it. */
export const writtenOf = ({ name, birthDate, sex, address, residentCode }: AskedForm) => ({
  name,
  birthDate,
  sex: sex && SEX[sex],
  address,
  residentCode,
});

/** Finds the persons of requests. */
export async function prepareRequest(
  cases: readonly Asked[],
  context: DisclosureContext,
): Promise<readonly Result<PreparedRequest, RequesterFailure | 'history-not-kept-here' | 'not-a-minor'>[]> {
  const [first] = cases;
  if (!first) return [];
  const kept = context.tier.prefecture === null;
  // those of one request have one actor
  const access = accessOf(first, 'identity-disclosure-find', IDENTITY_ARTICLE);
  const sought = cases.filter(({ form }) => kept || form.asks === 'identity-data');
  const found = (
    await findRequesters(
      context,
      access,
      sought.map(({ form }) => writtenOf(form)),
    )
  ).values();
  return cases.map(({ form, today }) => {
    if (!kept && form.asks !== 'identity-data')
      return fail('history-not-kept-here', 'provisions are made by the national site');
    const { value: person } = found.next();
    if (!person) throw new Error('a request without an answer');
    if (!person.ok) return person;
    if (form.asker === 'parent' && person.value && !isMinor(person.value.birthDate, today))
      return fail('not-a-minor', 'a parent asks for a child only');
    const fee = context.fees.get(today).request_yen;
    return ok({ fee, ...(person.value && { residentCode: person.value.residentCode }) });
  });
}

const majority = new DatedRules<{ readonly years: number }>('majority', [
  {
    validFrom: '1947-05-03',
    validTo: '2022-03-31',
    source: '民法 第4条, before 平成30年法律第59号',
    rule: { years: 20 },
  },
  { validFrom: '2022-04-01', source: '民法 第4条', rule: { years: 18 } },
]);

/** By the birthday; a part that nobody knows counts as passed. */
function isMinor(birthDate: string, today: IsoDate): boolean {
  const year = Number(birthDate.slice(0, 4)) + majority.get(today).years;
  return today < `${String(year).padStart(4, '0')}${birthDate.slice(4)}`;
}

/** Stops a representative where a support measure protects the person. The national site alone is told of measures. */
export async function prepareDecision(
  cases: readonly Asked[],
  { registry, tier }: DisclosureContext,
): Promise<readonly Result<undefined, 'support-measure-in-force'>[]> {
  const [first] = cases;
  const codes = cases.flatMap(({ form, record }) =>
    form.asker !== 'person' && record.residentCode !== undefined ? [record.residentCode] : [],
  );
  if (!first || tier.prefecture !== null || codes.length === 0) return cases.map(() => ok(undefined));
  const access = accessOf(first, 'identity-disclosure-decide', IDENTITY_ARTICLE);
  const at = registry.clock.now();
  const hidden = await inTransaction(registry.sql, { site: tier.site }, async (tx) => {
    const current = await currentCodes(tx, tier.site, codes);
    const now = codes.map((code) => current.get(code) ?? code);
    const among = new Set(await hiddenAmong(tx, now, dateInTokyo(at)));
    await recordEntries(
      tx,
      now.map((code) => ({
        site: tier.site,
        at,
        ...access,
        subject: registry.pseudonyms.of(tier.site, code),
        fields: ['support-measure'],
        result: among.has(code) ? 'in-force' : 'ok',
      })),
    );
    return new Set(codes.filter((_, index) => among.has(now[index] ?? '')));
  });
  return cases.map(({ form, record }) =>
    form.asker !== 'person' && hidden.has(record.residentCode ?? '')
      ? fail('support-measure-in-force', 'the representative may be whom the person is protected from')
      : ok(undefined),
  );
}

/** Which record the site holds now, where it is another than was disclosed: only the municipality changes it. */
export async function prepareCorrected(
  cases: readonly Asked[],
  context: DisclosureContext,
): Promise<readonly Result<string | undefined, 'record-unchanged'>[]> {
  const [first] = cases;
  const codes = cases.flatMap(({ record }) => record.residentCode ?? []);
  if (!first) return [];
  const access = accessOf(first, 'identity-disclosure-correct', CORRECTION_ARTICLE);
  const heldNow = await readHeld(context, access, codes);
  return cases.map(({ record: { residentCode, held } }) => {
    const now = heldNow.get(residentCode ?? '');
    return now === held ? fail('record-unchanged', 'the municipality has sent nothing') : ok(now);
  });
}
