/**
 * The answer rate (応答率): answered ÷ offered, computed from the records, for a fiscal year, its months and its topics, beside
 * the figure that the centre is to keep. Calls and chats with people count; what the program answers by itself is told
 * beside them and cannot better the rate. Exact: integers, and a ratio printed from integers, cut off and never rounded up.
 */
import { addDays, type IsoDate, startOfDateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import { DatedRules } from '@ishizue/rules';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { TOPICS, type Topic } from '../topics.ts';

/** Of a hundred calls so many are to be answered, in a year. */
const ANSWER_RATE_RULES = new DatedRules<{ readonly target_percent: number }>('answer rate', [
  {
    validFrom: '2015-10-05',
    source: '業務報告書 令和5年度 (3) コールセンター等の運営体制の強化: 年間応答率 95%以上',
    rule: { target_percent: 95 },
  },
]);

export interface Rate {
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  /** Hundredths of a percent are cut off: `94.99` never prints as 95. Null where nothing was offered. */
  readonly percent: string | null;
  readonly isMet: boolean | null;
}

export interface AnswerRateReport {
  /** From 1 April of the year. */
  readonly fiscalYear: number;
  readonly target_percent: number;
  readonly source: string;
  readonly total: Rate;
  readonly months: readonly (Rate & { readonly month: string })[];
  readonly topics: readonly (Rate & { readonly topic: Topic })[];
  /** Answered by the program alone; not in the rate. */
  readonly byProgram: number;
}

/** Whether, and how far, from two counts. */
export function rateOf(offered: number, answered: number, target_percent: number): Rate {
  if (
    !(Number.isSafeInteger(offered) && Number.isSafeInteger(answered) && answered >= 0 && answered <= offered)
  )
    throw new Error(`no counts of calls: ${answered} of ${offered}`);
  const counts = { offered, answered, abandoned: offered - answered };
  if (offered === 0) return { ...counts, percent: null, isMet: null };
  const hundredths = (BigInt(answered) * 10_000n) / BigInt(offered);
  const percent = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
  return { ...counts, percent, isMet: BigInt(answered) * 100n >= BigInt(offered) * BigInt(target_percent) };
}

interface Counted {
  readonly month: string;
  readonly topic: Topic;
  readonly isByProgram: boolean;
  readonly offered: number;
  readonly answered: number;
}

/** @param fiscalYear 2016 to 9998; the year in which it begins */
export async function answerRate(context: HelpDeskContext, fiscalYear: number): Promise<AnswerRateReport> {
  const [from, to] = [`${fiscalYear}-04-01`, `${fiscalYear + 1}-04-01`];
  const { rule, source } = ANSWER_RATE_RULES.find(addDays(to, -1)) ?? never(to);
  const counted = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<Counted[]>`
    SELECT to_char(offered_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') AS month, topic, channel = 'chatbot' AS "isByProgram",
      count(*)::int AS offered, (count(*) FILTER (WHERE outcome <> 'abandoned'))::int AS answered
    FROM help_desk.call
    WHERE offered_at >= ${new Date(startOfDateInTokyo(from))} AND offered_at < ${new Date(startOfDateInTokyo(to))}
    GROUP BY 1, 2, 3`,
  );
  const people = counted.filter(({ isByProgram }) => !isByProgram);
  const rate = (some: readonly Counted[]): Rate =>
    rateOf(
      some.reduce((sum, { offered }) => sum + offered, 0),
      some.reduce((sum, { answered }) => sum + answered, 0),
      rule.target_percent,
    );
  return {
    fiscalYear,
    target_percent: rule.target_percent,
    source,
    total: rate(people),
    months: monthsOf(fiscalYear).map((month) => ({
      month,
      ...rate(people.filter((one) => one.month === month)),
    })),
    topics: TOPICS.map((topic) => ({ topic, ...rate(people.filter((one) => one.topic === topic)) })),
    byProgram: counted.reduce((sum, { isByProgram, offered }) => sum + (isByProgram ? offered : 0), 0),
  };
}

const monthsOf = (fiscalYear: number): readonly string[] =>
  Array.from({ length: 12 }, (_, index) => {
    const month = ((index + 3) % 12) + 1;
    return `${index < 9 ? fiscalYear : fiscalYear + 1}-${String(month).padStart(2, '0')}`;
  });

const never = (date: IsoDate): never => {
  throw new Error(`no rule for a year that ends before ${date}`);
};
