/** The form of a move: of an opening on a page of its own, of other moves on the case's page. */
import { html, type SafeHtml } from '@ishizue/http';
import type { Definition, Move } from '../define/definition.ts';
import type { Fields } from '../define/field.ts';
import type { FormFault } from '../define/form-value.ts';
import { givenFields } from '../desk/judge.ts';
import { inputsOf, labelAt } from './field-inputs.ts';
import { inLanguage } from './frame.ts';
import { type Language, refusalWords, say } from './say.ts';

/** What was filled in, and what was wrong with it. */
export interface Filled {
  readonly form: Readonly<Record<string, unknown>>;
  readonly own: Readonly<Record<string, unknown>>;
  readonly formFaults: readonly FormFault[];
  readonly ownFaults: readonly FormFault[];
  /** The code of the refusal. */
  readonly refusal?: string | undefined;
}

export interface MoveForm {
  readonly language: Language;
  readonly definition: Definition;
  readonly name: string;
  readonly move: Move;
  readonly filled: Filled;
  /** Where it is posted, and where its files are, without a language. */
  readonly action: string;
  readonly filesAction: string;
  readonly request: string;
  readonly expected?: number;
  readonly forgeryField: SafeHtml;
}

export function moveForm(page: MoveForm): SafeHtml {
  const { language, definition, move, filled, action, request, expected, forgeryField } = page;
  const given = givenFields(definition, move) ?? {};
  return html`${filesOf(page, given, '')}${filesOf(page, move.form ?? {}, `${page.name}/`)}
<form method="post" action="${inLanguage(action, language)}" novalidate>${forgeryField}
<input type="hidden" name="request" value="${request}"><input type="hidden" name="version" value="${definition.validFrom}">
${expected !== undefined && html`<input type="hidden" name="expected" value="${expected}">`}
${inputsOf({ language, fields: given, place: 'form', value: filled.form, faults: filled.formFaults })}
${inputsOf({ language, fields: move.form ?? {}, place: 'own', value: filled.own, faults: filled.ownFaults })}
<button>${move.title[language]}</button>
</form>`;
}

/** Each place that takes a file has a form of its own: a page without scripts cannot send files and stay. */
function filesOf(
  { language, filesAction, definition, move }: MoveForm,
  fields: Fields,
  before: string,
): SafeHtml {
  const word = say(language);
  return html`${attachmentPlaces(fields, '').map((place) => {
    const id = `file-${before}${place}`;
    const label = labelAt(before === '' ? definition.form : (move.form ?? {}), place, language);
    return html`<form method="post" enctype="multipart/form-data" action="${inLanguage(`${filesAction}field=${encodeURIComponent(before + place)}`, language)}">
<div class="field"><label for="${id}">${label}: ${word('ファイルを送る', 'Send a file')}</label>
<input type="file" id="${id}" name="file" required></div>
<button>${word('送る', 'Send')}: ${label}</button></form>`;
  })}`;
}

const attachmentPlaces = (fields: Fields, at: string): readonly string[] =>
  Object.entries(fields).flatMap(([name, { shape }]) => {
    if (shape.kind === 'attachment') return [`${at}${name}`];
    return shape.kind === 'group' ? attachmentPlaces(shape.fields, `${at}${name}.`) : [];
  });

/** What is wrong, at the top of the page, with links to the places. */
export function errorSummary(
  definition: Definition,
  move: Move,
  { refusal, formFaults, ownFaults }: Filled,
  language: Language,
): SafeHtml {
  if (refusal === undefined) return html``;
  const line = (fields: Fields, place: string, { path }: FormFault): SafeHtml =>
    html`<li><a href="#${place}.${path}">${labelAt(fields, path, language)}</a></li>`;
  return html`<div class="summary" role="alert" aria-labelledby="summary-title" tabindex="-1">
<h2 id="summary-title">${say(language)('受け付けられませんでした', 'There is a problem')}</h2>
<p>${refusalWords(definition, refusal, language)} <code>${refusal}</code></p>
<ul>${formFaults.map((fault) => line(definition.form, 'form', fault))}${ownFaults.map((fault) => line(move.form ?? {}, 'own', fault))}</ul>
</div>`;
}
