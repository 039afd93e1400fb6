/** A case: what it is, the moves that its reader may make, and its history. */
import { html, type SafeHtml } from '@ishizue/http';
import type { Definition } from '../define/definition.ts';
import type { Fields, Words } from '../define/field.ts';
import type { CaseView, HistoryLine } from '../desk/read-cases.ts';
import { valuesOf } from './field-values.ts';
import { errorSummary, type Filled, type MoveForm, moveForm } from './form-page.ts';
import { inLanguage } from './frame.ts';
import { dateWords, type Language, refusalWords, say } from './say.ts';

export interface CaseShown {
  readonly language: Language;
  readonly definition: Definition;
  readonly path: string;
  readonly found: CaseView;
  readonly history: readonly HistoryLine[];
  /** The move that was just refused, as it was filled in. */
  readonly refused?: { readonly name: string; readonly filled: Filled };
  readonly newRequest: () => string;
  readonly forgeryField: SafeHtml;
  /** Of files that were just sent: their hash, by field. */
  readonly files: ReadonlyMap<string, string>;
  /** The document that there is of the case now, and why it was just not made. */
  readonly paper?: { readonly title: Words; readonly refusal: string | undefined } | undefined;
}

export function caseMain(shown: CaseShown): SafeHtml {
  const { language, definition, found, refused, path } = shown;
  const word = say(language);
  const fileAt = (sha256: string): string => `${path}/cases/${found.caseId}/files/${sha256}`;
  const deadline = found.deadline === null ? undefined : definition.deadlines[found.deadline];
  const refusedMove = refused && definition.moves[refused.name];
  return html`${refused && refusedMove && errorSummary(definition, refusedMove, refused.filled, language)}
<dl>
<dt>${word('状態', 'State')}</dt><dd>${definition.states[found.state]?.title[language] ?? found.state}</dd>
${deadline && html`<dt>${deadline.title[language]}</dt><dd>${found.dueOn !== null && dateWords(found.dueOn, language)}</dd>`}
<dt>${word('受付日', 'Opened')}</dt><dd>${dateWords(found.openedOn, language)}</dd>
</dl>
<h2>${word('申請の内容', 'What was applied for')}</h2>
${valuesOf(definition.form, found.form, language, fileAt)}
${Object.keys(found.record).length > 0 && html`<h2>${word('決定した内容', 'What was decided')}</h2>${valuesOf(definition.record, found.record, language, fileAt)}`}
${shown.paper && paperOf(shown, shown.paper)}
${found.moves.length > 0 && html`<h2>${word('できること', 'What you can do')}</h2>${found.moves.map((name) => moveOf(shown, name))}`}
<h2>${word('経過', 'History')}</h2>
<ol class="history">${shown.history.map((line) => historyItem(shown, line, fileAt))}</ol>`;
}

/** A post, since making the document is an act of its own and may be told as such. */
function paperOf(
  { language, definition, found, path, forgeryField }: CaseShown,
  { title, refusal }: NonNullable<CaseShown['paper']>,
): SafeHtml {
  const word = say(language);
  return html`<h2>${word('書面', 'Document')}</h2>
${refusal !== undefined && html`<p class="error" role="alert">${refusalWords(definition, refusal, language)} <code>${refusal}</code></p>`}
<form method="post" action="${inLanguage(`${path}/cases/${found.caseId}/paper/made`, language)}">${forgeryField}
<button>${title[language]} (PDF)</button></form>`;
}

function moveOf(shown: CaseShown, name: string): SafeHtml {
  const { language, definition, found, refused, path, newRequest, forgeryField, files } = shown;
  const move = definition.moves[name];
  if (!move) return html``;
  const sent = (fields: Fields, before: string) =>
    Object.fromEntries(
      Object.keys(fields).flatMap((field) => {
        const sha256 = files.get(before + field);
        return sha256 === undefined ? [] : [[field, sha256]];
      }),
    );
  const fresh: Filled = {
    form: { ...found.form, ...sent(definition.form, '') },
    own: sent(move.form ?? {}, `${name}/`),
    formFaults: [],
    ownFaults: [],
  };
  const filled = refused?.name === name ? refused.filled : fresh;
  const here = `${path}/cases/${found.caseId}`;
  const form: MoveForm = {
    language,
    definition,
    name,
    move,
    filled,
    action: `${here}/${name}`,
    filesAction: `${path}/files?back=${encodeURIComponent(here)}&`,
    request: newRequest(),
    expected: found.sequence,
    forgeryField,
  };
  return html`<details ${(refused?.name === name || files.size > 0) && html`open`}><summary>${move.title[language]}</summary>
${moveForm(form)}</details>`;
}

function historyItem(
  { language, definition, found }: CaseShown,
  line: HistoryLine,
  fileAt: (sha256: string) => string,
): SafeHtml {
  const word = say(language);
  const move = definition.moves[line.move];
  const who = actorWords(line.actor, found.applicant, word);
  const at = line.at.toLocaleString(language === 'ja' ? 'ja-JP' : 'en-GB', { timeZone: 'Asia/Tokyo' });
  return html`<li><p><strong>${move?.title[language] ?? line.move}</strong> → ${definition.states[line.state]?.title[language] ?? line.state}<br>
<time datetime="${line.at.toISOString()}">${at}</time> ${who}${line.onBehalf !== null && html` (${word('代理', 'for')} ${actorWords(line.onBehalf, found.applicant, word)})`}</p>
${line.notices.map((notice) => noticeOf(notice, definition, language))}
${line.own && move?.form && valuesOf(move.form, line.own, language, fileAt)}
${line.replaced?.form && html`<p class="note">${word('変更前', 'Before')}</p>${valuesOf(definition.form, line.replaced.form, language, fileAt)}`}</li>`;
}

/** What the move told whom: for the applicant it is the notice itself. */
function noticeOf(
  { to, channel, ...text }: HistoryLine['notices'][number],
  { roles }: Definition,
  language: Language,
): SafeHtml {
  const word = say(language);
  const whom =
    to === 'applicant'
      ? word('申請者', 'the applicant')
      : (roles[to.slice('role:'.length)]?.[language] ?? to);
  const open = channel === 'office' && word('(窓口からお知らせください)', '(the office has to tell them)');
  return html`<div class="notice" role="note"><p class="note">${word('お知らせ', 'Notice')}: ${whom} ${open}</p>
${text[language].split('\n').map((line) => html`<p>${line}</p>`)}</div>`;
}

function actorWords(actor: string, applicant: string, word: (ja: string, en: string) => string): string {
  if (actor === applicant) return word('申請者', 'the applicant');
  if (actor === 'system:clock') return word('期限による', 'by the clock');
  const [kind, ...id] = actor.split(':');
  if (kind === 'person') return word('代理人', 'a delegate');
  return kind === 'system' ? word('システム', 'the system') : id.join(':');
}
