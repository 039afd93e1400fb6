/**
 * What officers look at: the measures and flags of one person, and the list of what is due (an opinion, a decision, a period
 * that ends within a month, one that has run out without a word). Who is shown is on the ledger.
 */
import { addDays, dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { type FlagInForce, flagsInForce } from './find-supported.ts';
import type { SupportMeasure } from './support-measure.ts';
import { measuresDue, measuresOf } from './support-store.ts';

export interface SupportOfPerson {
  /** Cases of this municipality, the latest first. */
  readonly measures: readonly SupportMeasure[];
  /** What is in force today, of whichever municipality. */
  readonly flags: readonly FlagInForce[];
}

/** What a municipality knows of support measures for a person. */
export function supportOf(
  context: RegistryContext,
  municipality: string,
  access: Access,
  residentCode: string,
): Promise<SupportOfPerson> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site, isSnapshot: true }, async (tx) => {
    const at = context.clock.now();
    const measures = await measuresOf(tx, municipality, residentCode);
    const flags = await flagsInForce(tx, municipality, [residentCode], dateInTokyo(at));
    const subject = context.pseudonyms.of(site, residentCode);
    const result = flags.length > 0 ? 'in-force' : 'ok';
    await recordEntries(tx, [{ site, at, ...access, subject, fields: ['support-measure'], result }]);
    return { measures, flags };
  });
}

export interface DueMeasure {
  readonly due: 'opinion' | 'decision' | 'ends-soon' | 'has-lapsed';
  readonly measureId: string;
  readonly residentCode: string;
  readonly appliedOn: IsoDate;
  readonly validUntil: IsoDate | null;
}

const REMINDERS_MAX = 500;
const SOON_DAYS = 31;

/** What is due today, 500 at the most: what runs out first comes first. */
export function supportReminders(
  context: RegistryContext,
  municipality: string,
  access: Access,
): Promise<readonly DueMeasure[]> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site }, async (tx) => {
    const at = context.clock.now();
    const today = dateInTokyo(at);
    const between = { lapsedFrom: addDays(today, -SOON_DAYS), endsBy: addDays(today, SOON_DAYS) };
    const measures = await measuresDue(tx, municipality, between, REMINDERS_MAX);
    await recordEntries(
      tx,
      measures.map(({ residentCode }) => ({
        site,
        at,
        ...access,
        subject: context.pseudonyms.of(site, residentCode),
        fields: ['support-measure', 'reminder'],
        result: 'ok',
      })),
    );
    return measures.map(({ measureId, residentCode, appliedOn, validUntil, state, opinion }) => {
      const running = validUntil !== null && validUntil < today ? 'has-lapsed' : 'ends-soon';
      const waiting = opinion ? 'decision' : 'opinion';
      return { due: state === 'applied' ? waiting : running, measureId, residentCode, appliedOn, validUntil };
    });
  });
}
