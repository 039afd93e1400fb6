/** The answer rate of a fiscal year on a page: the report’s table, for whoever leads the call centre. Flow: docs/flows/desk.md step 11. */
import { dateInTokyo } from '@ishizue/clock';
import { answer, html, operatorWith, page, route, type SafeHtml } from '@ishizue/http';
import { type Language, languageOf, officeFrame, type PageCall, sayIn, signedInOf } from '@ishizue/pages';
import { z } from 'zod';
import { type AnswerRateReport, answerRate, type Rate } from '../calls/answer-rate.ts';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { CALL_LEAD } from '../operator-access.ts';
import { TOPIC_WORDS } from './ticket-words.ts';

export const ANSWER_RATE_PATH = '/national/desk/answer-rate';

export const answerRatePage = (context: HelpDeskContext) =>
  route({
    method: 'GET',
    path: ANSWER_RATE_PATH,
    summary: 'The answer rate of a fiscal year',
    tags: ['pages'],
    access: operatorWith(CALL_LEAD),
    query: z.object({
      lang: z.string().max(5).optional(),
      year: z.coerce.number().int().min(2016).max(2999).optional().catch(undefined),
    }),
    responses: { 200: page() },
    handler: async (call) => {
      const [year = 0, month = 0] = dateInTokyo(context.clock.now()).split('-').map(Number);
      const report = await answerRate(context, call.query.year ?? (month < 4 ? year - 1 : year));
      return answer(
        200,
        shownPage(call, languageOf(call.query.lang, call.headers['accept-language']), report),
      );
    },
  });

function shownPage(call: PageCall, language: Language, report: AnswerRateReport): SafeHtml {
  const say = sayIn(language);
  const { fiscalYear, total, target_percent, months, topics, byProgram } = report;
  return officeFrame({
    language,
    title: say(`応答率 ${fiscalYear}年度`, `Answer rate, fiscal year ${fiscalYear}`),
    signedIn: signedInOf(call),
    here: `${ANSWER_RATE_PATH}?year=${fiscalYear}`,
    main: html`<form method="get" action="${ANSWER_RATE_PATH}"><input type="hidden" name="lang" value="${language}">
<div class="field"><label for="year">${say('年度', 'Fiscal year')}</label><input type="text" class="short" id="year" name="year" inputmode="numeric" pattern="[0-9]{4}" value="${fiscalYear}" required></div>
<button class="quiet">${say('表示', 'Show')}</button></form>
<dl><dt>${say('応答率', 'Answer rate')}</dt><dd>${percent(total)} ${total.isMet !== null && (total.isMet ? say('（達成）', '(met)') : say('（未達）', '(not met)'))}</dd>
<dt>${say('目標', 'To be kept')}</dt><dd>${target_percent}%</dd>
<dt>${say('プログラムだけで答えた件数（率に含まない）', 'Answered by the program alone, not in the rate')}</dt><dd>${byProgram}</dd></dl>
${rates(
  say('月', 'Month'),
  language,
  months.map((one) => [one.month, one]),
)}
${rates(
  say('内容', 'Topic'),
  language,
  topics.map((one) => [TOPIC_WORDS[one.topic][language], one]),
)}`,
  });
}

const percent = ({ percent: told }: Rate): string => (told === null ? '–' : `${told}%`);

function rates(first: string, language: Language, rows: readonly (readonly [string, Rate])[]): SafeHtml {
  const say = sayIn(language);
  return html`<div class="scroll" role="region" aria-label="${first}" tabindex="0"><table>
<thead><tr><th scope="col">${first}</th><th scope="col">${say('着信', 'Offered')}</th><th scope="col">${say('応答', 'Answered')}</th><th scope="col">${say('放棄', 'Abandoned')}</th><th scope="col">${say('応答率', 'Rate')}</th></tr></thead>
<tbody>${rows.map(([name, rate]) => html`<tr><th scope="row">${name}</th><td>${rate.offered}</td><td>${rate.answered}</td><td>${rate.abandoned}</td><td>${percent(rate)}</td></tr>`)}</tbody></table></div>`;
}
