/** The pages of tickets: what is overdue, one with its history, and the steps that its state allows. */
import { html, type SafeHtml } from '@ishizue/http';
import {
  inLanguage,
  type Language,
  officeFrame,
  type PageCall,
  sayIn,
  signedInOf,
  type Words,
} from '@ishizue/pages';
import { nextTicketState, TICKET_EVENTS, type TicketEvent } from '../tickets/ticket-lifecycle.ts';
import type { HistoryStep, Ticket } from '../tickets/ticket-store.ts';
import {
  EVENT_WORDS,
  REFUSAL_WORDS,
  TICKET_STATE_WORDS,
  type TicketRefusal,
  TOPIC_WORDS,
  URGENCY_WORDS,
} from './ticket-words.ts';

export const TICKETS_PATH = '/national/desk/tickets';

export interface TicketsPage {
  readonly language: Language;
  readonly requestId: string;
  readonly overdue: readonly Ticket[];
  readonly refused?: TicketRefusal | undefined;
}

export function ticketsPage(
  call: PageCall,
  { language, requestId, overdue, refused }: TicketsPage,
): SafeHtml {
  const say = sayIn(language);
  const cells = ({ ticketId, state, dueOn, owner, subject }: Ticket): SafeHtml =>
    html`<tr><th scope="row"><a href="${inLanguage(`${TICKETS_PATH}/${ticketId}`, language)}">${ticketId}</a></th><td>${TICKET_STATE_WORDS[state][language]}</td><td>${dueOn}</td><td>${owner ?? '–'}</td><td>${subject.slice(0, 80)}</td></tr>`;
  return officeFrame({
    language,
    title: say('問合せ票', 'Tickets'),
    signedIn: signedInOf(call),
    here: TICKETS_PATH,
    main: html`${refused !== undefined && refusal(refused, language)}
<form method="get" action="${TICKETS_PATH}/find"><input type="hidden" name="lang" value="${language}">
<div class="field"><label for="number">${say('番号で開く', 'Open by number')}</label>
<input type="text" class="short" id="number" name="number" inputmode="numeric" maxlength="10" required></div>
<button class="quiet">${say('開く', 'Open')}</button></form>
<h2>${say('期限の過ぎた問合せ票', 'Overdue')}</h2>
${
  overdue.length === 0
    ? html`<p>${say('ありません。', 'None.')}</p>`
    : html`<div class="scroll" role="region" aria-label="${say('期限の過ぎた問合せ票', 'Overdue')}" tabindex="0"><table><thead><tr><th scope="col">${say('番号', 'Number')}</th><th scope="col">${say('状態', 'State')}</th><th scope="col">${say('期限', 'Due')}</th><th scope="col">${say('担当', 'Owner')}</th><th scope="col">${say('内容', 'Subject')}</th></tr></thead><tbody>${overdue.map(cells)}</tbody></table></div>`
}
<h2>${say('新しい問合せ票', 'A new ticket')}</h2>
<form method="post" action="${inLanguage(TICKETS_PATH, language)}" autocomplete="off">${call.forgeryField()}
<input type="hidden" name="requestId" value="${requestId}">
<div class="field"><label for="asker">${say('誰から', 'Who asks')}</label><p class="hint" id="asker-hint">${say('resident、または municipal/131016 のようなサイト名', 'resident, or a site as municipal/131016')}</p>
<input type="text" class="short" id="asker" name="asker" value="resident" maxlength="20" required spellcheck="false" aria-describedby="asker-hint"></div>
<div class="field"><label for="subject">${say('内容', 'Subject')}</label><p class="hint" id="subject-hint">${say('氏名や番号は書かないでください。', 'No names and no numbers.')}</p>
<textarea id="subject" name="subject" rows="4" maxlength="2000" required aria-describedby="subject-hint"></textarea></div>
<button>${say('登録する', 'Enter it')}</button></form>`,
  });
}

const refusal = (code: TicketRefusal, language: Language): SafeHtml =>
  html`<p class="refusal" role="alert">${REFUSAL_WORDS[code][language]} <code>${code}</code></p>`;

export interface TicketPage {
  readonly language: Language;
  readonly ticket: Ticket & { readonly history: readonly HistoryStep[] };
  readonly refused?: TicketRefusal | undefined;
}

export function ticketPage(call: PageCall, { language, ticket, refused }: TicketPage): SafeHtml {
  const say = sayIn(language);
  const { ticketId, state, topic, urgency, owner, dueOn, asker, subject } = ticket;
  const events = TICKET_EVENTS.filter((event) => event !== 'publish' && nextTicketState(state, event).ok);
  return officeFrame({
    language,
    title: `${say('問合せ票', 'Ticket')} ${ticketId}`,
    signedIn: signedInOf(call),
    links: [{ href: inLanguage(TICKETS_PATH, language), text: say('一覧', 'All') }],
    here: `${TICKETS_PATH}/${ticketId}`,
    main: html`${refused !== undefined && refusal(refused, language)}
<dl><dt>${say('状態', 'State')}</dt><dd>${TICKET_STATE_WORDS[state][language]}</dd>
<dt>${say('期限', 'Due')}</dt><dd>${dueOn ?? '–'}</dd><dt>${say('担当', 'Owner')}</dt><dd>${owner ?? '–'}</dd>
<dt>${say('分類', 'Topic')}</dt><dd>${topic ? TOPIC_WORDS[topic][language] : '–'}</dd>
<dt>${say('急ぎ', 'Urgency')}</dt><dd>${urgency ? URGENCY_WORDS[urgency][language] : '–'}</dd>
<dt>${say('誰から', 'Who asks')}</dt><dd>${asker}</dd><dt>${say('内容', 'Subject')}</dt><dd class="text">${subject}</dd></dl>
${events.length > 0 && html`<h2>${say('できること', 'What you can do')}</h2>${events.map((event) => eventForm(call, language, ticket, event))}`}
<h2>${say('経過', 'History')}</h2>
<ol class="history">${ticket.history.map((step) => stepItem(step, language))}</ol>`,
  });
}

function eventForm(
  call: PageCall,
  language: Language,
  { ticketId, sequence }: Ticket,
  event: TicketEvent,
): SafeHtml {
  const say = sayIn(language);
  const id = (name: string): string => `${event}-${name}`;
  const chosen = (name: string, label: string, options: Readonly<Record<string, Words>>): SafeHtml =>
    html`<div class="field"><label for="${id(name)}">${label}</label><select id="${id(name)}" name="${name}" required><option value=""></option>${Object.entries(options).map(([value, words]) => html`<option value="${value}">${words[language]}</option>`)}</select></div>`;
  const typed = (name: string, label: string): SafeHtml =>
    html`<div class="field"><label for="${id(name)}">${label}</label><input type="text" class="short" id="${id(name)}" name="${name}" maxlength="40" required spellcheck="false"></div>`;
  return html`<details><summary>${EVENT_WORDS[event][language]}</summary>
<form method="post" action="${inLanguage(`${TICKETS_PATH}/${ticketId}`, language)}" autocomplete="off">${call.forgeryField()}
<input type="hidden" name="event" value="${event}"><input type="hidden" name="sequence" value="${sequence}">
${event === 'classify' && html`${chosen('topic', say('分類', 'Topic'), TOPIC_WORDS)}${chosen('urgency', say('急ぎ', 'Urgency'), URGENCY_WORDS)}`}
${event === 'assign' && typed('owner', say('担当の職員ID', 'Operator id of the owner'))}
${event === 'link' && typed('incident', say('障害の番号', 'Number of the incident'))}
<div class="field"><label for="${id('note')}">${say('メモ', 'Note')} <span class="optional">${say('任意', 'optional')}</span></label><textarea id="${id('note')}" name="note" rows="3" maxlength="4000"></textarea></div>
<button>${EVENT_WORDS[event][language]}</button></form></details>`;
}

const stepItem = (
  { event, state, operator, note, incident, changedAt }: HistoryStep,
  language: Language,
): SafeHtml =>
  html`<li><p><strong>${EVENT_WORDS[event][language]}</strong> → ${TICKET_STATE_WORDS[state][language]}<br>
<time datetime="${changedAt.toISOString()}">${changedAt.toLocaleString(language === 'ja' ? 'ja-JP' : 'en-GB', { timeZone: 'Asia/Tokyo' })}</time> ${operator}</p>
${incident !== null && html`<p>${incident}</p>`}${note !== null && html`<p class="text">${note}</p>`}</li>`;
