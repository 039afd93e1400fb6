/** The inbox: open cases for who reviews, one's own for others; by state or by day, a page at a time. */
import { html, type SafeHtml } from '@ishizue/http';
import type { Definition } from '../define/definition.ts';
import type { InboxFilter, InboxPage } from '../desk/read-cases.ts';
import { valueOf } from './field-values.ts';
import { inLanguage } from './frame.ts';
import { dateWords, type Language, say } from './say.ts';

export interface InboxShown {
  readonly language: Language;
  readonly definition: Definition;
  readonly path: string;
  readonly filter: InboxFilter;
  readonly page: InboxPage;
}

export function inboxMain({ language, definition, path, filter, page }: InboxShown): SafeHtml {
  const word = say(language);
  const states = Object.entries(definition.states);
  const columns = definition.inbox.flatMap((name) => {
    const field = definition.form[name];
    return field ? [{ name, field }] : [];
  });
  const next = new URLSearchParams({
    ...(filter.state !== undefined && { state: filter.state }),
    ...(filter.dueBefore !== undefined && { dueBefore: filter.dueBefore }),
    after: page.next ?? '',
  });
  return html`<form method="get" action="${path}/inbox">
<input type="hidden" name="lang" value="${language}">
<div class="field"><label for="state">${word('状態', 'State')}</label><select id="state" name="state">
<option value="">${word('すべて', 'All')}</option>
${states.map(([name, { title }]) => html`<option value="${name}" ${filter.state === name && html`selected`}>${title[language]}</option>`)}</select></div>
<div class="field"><label for="dueBefore">${word('期限がこの日より前', 'Due before')}</label>
<input type="date" class="short" id="dueBefore" name="dueBefore" value="${filter.dueBefore ?? ''}"></div>
<button>${word('絞り込む', 'Show')}</button></form>
<div class="scroll" role="region" aria-label="${word('案件の一覧', 'Cases')}" tabindex="0"><table>
<caption class="note">${word('案件', 'Cases')}: ${page.cases.length}</caption>
<thead><tr><th scope="col">${word('番号', 'Number')}</th><th scope="col">${word('状態', 'State')}</th>
<th scope="col">${word('期限', 'Due')}</th><th scope="col">${word('受付日', 'Opened')}</th>
${columns.map(({ field }) => html`<th scope="col">${field.label[language]}</th>`)}</tr></thead>
<tbody>${page.cases.map(
    (
      one,
    ) => html`<tr><th scope="row"><a href="${inLanguage(`${path}/cases/${one.caseId}`, language)}">${one.caseId}</a></th>
<td>${definition.states[one.state]?.title[language] ?? one.state}</td><td>${one.dueOn === null ? '–' : dateWords(one.dueOn, language)}</td><td>${dateWords(one.openedOn, language)}</td>
${columns.map(({ name, field }) => html`<td>${valueOf(field, one.form[name], language, () => '')}</td>`)}</tr>`,
  )}</tbody></table></div>
${page.next !== undefined && html`<p><a rel="next" href="${inLanguage(`${path}/inbox?${next.toString()}`, language)}">${word('次のページ', 'Next page')}</a></p>`}`;
}
