/**
 * An overseas mover by resident code, the one of now or one before it, from identity data that live on after the residence record has died. Only for
 * affairs of overseas movers and only of such persons; every look, refused or not, is a ledger entry. A prefecture's own
 * use is without the resident code (住民基本台帳法 art. 30-44-6).
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access, Sex } from '@ishizue/registry';
import { currentCode } from '../codes/retired-codes.ts';
import type { OverseasContext } from '../overseas-context.ts';
import { OVERSEAS_AFFAIRS } from './overseas-affairs.ts';
import { nationalTier, prefecturalTier, type Tier } from './tier.ts';

/** `not-an-overseas-mover` of who lives in Japan: the registry answers for them. */
export type FindOverseasFailure =
  | 'affair-not-permitted'
  | 'person-unknown'
  | 'not-an-overseas-mover'
  | 'entry-deleted';

/** Identity data of an overseas mover, who has no address in Japan. */
export interface OverseasMover {
  readonly residentCode: string;
  /** Municipality of domicile, which keeps the entry. */
  readonly municipality: string;
  readonly name: string;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly sex: Sex;
}

/** What a prefecture may use of an overseas mover's data. */
export type OverseasMoverAtPrefecture = Omit<OverseasMover, 'residentCode'>;

/** The overseas mover of a resident code, of now or used up, at the national site: with the code of now. */
export function findOverseasPerson(
  context: OverseasContext,
  access: Access,
  residentCode: string,
): Promise<Result<OverseasMover, FindOverseasFailure>> {
  return findAt(context, nationalTier(context), access, residentCode);
}

/** The overseas mover of a resident code at a prefecture (two digits), without the code. */
export async function findOverseasPersonAtPrefecture(
  context: OverseasContext,
  prefecture: string,
  access: Access,
  residentCode: string,
): Promise<Result<OverseasMoverAtPrefecture, FindOverseasFailure>> {
  const found = await findAt(context, prefecturalTier(context, prefecture), access, residentCode);
  if (!found.ok) return found;
  const { municipality, name, birthDate, sex } = found.value;
  return ok({ municipality, name, birthDate, sex });
}

function findAt(
  context: OverseasContext,
  tier: Tier,
  access: Access,
  residentCode: string,
): Promise<Result<OverseasMover, FindOverseasFailure>> {
  return inTransaction(context.sql, { site: tier.site }, async (tx) => {
    const isAllowed = isPermitted(context, access);
    const code = isAllowed ? await currentCode(tx, tier.site, residentCode) : residentCode;
    const found = isAllowed
      ? await look(tx, tier, code)
      : fail(
          'affair-not-permitted',
          'identity data of the supplementary family register are not for this affair',
        );
    const fields = ['name', 'birth-date', 'sex', ...(tier.prefecture === null ? ['resident-code'] : [])];
    await recordEntries(tx, [
      {
        site: tier.site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(tier.site, code),
        fields: found.ok ? fields : [],
        result: found.ok ? 'ok' : found.failure.code,
      },
    ]);
    return found;
  });
}

function isPermitted(context: OverseasContext, access: Access): boolean {
  const affairs = OVERSEAS_AFFAIRS.find(dateInTokyo(context.clock.now()))?.rule;
  return affairs?.has(access.affair) === true;
}

async function look(
  tx: Tx,
  tier: Tier,
  residentCode: string,
): Promise<Result<OverseasMover, FindOverseasFailure>> {
  const [row] = await tx<(OverseasMover & { state: 'current' | 'deleted'; isOverseas: boolean })[]>`
    SELECT resident_code AS "residentCode", municipality_code AS municipality, name, birth_date AS "birthDate", sex,
      state, is_overseas AS "isOverseas"
    FROM ${tx(tier.personTable)}
    WHERE ${tier.prefecture === null ? tx`` : tx`prefecture_code = ${tier.prefecture} AND`}
      resident_code = ${residentCode}`;
  if (!row) return fail('person-unknown', 'no entry has the resident code');
  if (!row.isOverseas) return fail('not-an-overseas-mover', 'the person has an address in Japan');
  if (row.state === 'deleted') return fail('entry-deleted', 'the entry is deleted');
  const { municipality, name, birthDate, sex } = row;
  return ok({ residentCode: row.residentCode, municipality, name, birthDate, sex });
}
