/**
 * Inputs of fields: each with its label, hint and error beside it, tied together for those who do not see the page. No script
 * is needed; a list shows two rows more than are filled in.
 */
import { html, type SafeHtml } from '@ishizue/http';
import type { Field, Fields } from '../define/field.ts';
import type { FormFault } from '../define/form-value.ts';
import { plainText } from '../define/plain-text.ts';
import { type Language, ruleWords, say } from './say.ts';

export interface InputsOf {
  readonly language: Language;
  readonly fields: Fields;
  /** Before every name: `form`, `own`. */
  readonly place: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly faults: readonly FormFault[];
}

export const inputsOf = (inputs: InputsOf): SafeHtml =>
  html`${Object.entries(inputs.fields).map(([name, field]) => inputOf(inputs, name, field))}`;

function inputOf(inputs: InputsOf, name: string, field: Field): SafeHtml {
  const { language, place } = inputs;
  const id = `${place}.${name}`;
  const { shape, label } = field;
  const isHere = (path: string): boolean =>
    path === name || (shape.kind === 'choices' && path.startsWith(`${name}.`));
  const fault = inputs.faults.find(({ path }) => isHere(path));
  const value = inputs.value[name];
  if ('fields' in shape) return sectionOf(inputs, name, field, fault);
  const optional =
    field.optional && html` <span class="optional">${say(language)('任意', 'optional')}</span>`;
  const described = describedBy(id, field, fault);
  if (shape.kind === 'flag')
    return html`<div class="field">
<label class="choice"><input type="checkbox" id="${id}" name="${id}" ${value === true && html`checked`} ${described}> ${label[language]}</label>
${besides(inputs, id, field, fault)}</div>`;
  if (shape.kind === 'choice' && Object.keys(shape.options).length <= 5)
    return html`<fieldset class="field" id="${id}" ${described}><legend>${label[language]}${optional}</legend>
${besides(inputs, id, field, fault)}
${Object.entries(shape.options).map(
  ([option, words]) =>
    html`<label class="choice"><input type="radio" name="${id}" value="${option}" ${value === option && html`checked`}> ${words[language]}</label>`,
)}</fieldset>`;
  if (shape.kind === 'choices')
    return html`<fieldset class="field" id="${id}" ${described}><legend>${label[language]}${optional}</legend>
${besides(inputs, id, field, fault)}
${Object.entries(shape.options).map(
  ([option, words]) =>
    html`<label class="choice"><input type="checkbox" name="${id}" value="${option}" ${Array.isArray(value) && value.includes(option) && html`checked`}> ${words[language]}</label>`,
)}</fieldset>`;
  if (shape.kind === 'attachment') return fileOf(inputs, id, field, value, fault);
  return html`<div class="field"><label for="${id}">${label[language]}${optional}</label>
${besides(inputs, id, field, fault)}
${controlOf(id, field, value, language, described)}</div>`;
}

function controlOf(
  id: string,
  { shape }: Field,
  value: unknown,
  language: Language,
  described: SafeHtml,
): SafeHtml {
  const shown = plainText(value);
  switch (shape.kind) {
    case 'text':
      return shape.lines
        ? html`<textarea id="${id}" name="${id}" rows="5" ${described}>${shown}</textarea>`
        : html`<input type="text" id="${id}" name="${id}" value="${shown}" ${described}>`;
    case 'date':
      return html`<input type="date" class="short" id="${id}" name="${id}" value="${shown}" ${described}>`;
    case 'money':
      return html`<span class="with-unit"><input type="text" class="short" inputmode="numeric" id="${id}" name="${id}" value="${shown}" ${described}> ${say(language)('円', 'yen')}</span>`;
    case 'count':
      return html`<input type="text" class="short" inputmode="numeric" id="${id}" name="${id}" value="${shown}" ${described}>`;
    case 'choice':
      return html`<select id="${id}" name="${id}" ${described}><option value=""></option>
${Object.entries(shape.options).map(([option, words]) => html`<option value="${option}" ${shown === option && html`selected`}>${words[language]}</option>`)}</select>`;
    case 'code':
    case 'choices':
    case 'flag':
    case 'attachment':
    case 'group':
    case 'list':
      return html`<input type="text" id="${id}" name="${id}" value="${shown}" autocomplete="off" ${described}>`;
  }
}

/** The file itself was sent before, by a form of its own: what is posted is its hash. */
function fileOf(
  inputs: InputsOf,
  id: string,
  field: Field,
  value: unknown,
  fault: FormFault | undefined,
): SafeHtml {
  const word = say(inputs.language);
  const sent = typeof value === 'string' && value !== '';
  return html`<div class="field" id="${id}" role="group" aria-labelledby="${id}-label"><p class="label" id="${id}-label">${field.label[inputs.language]}</p>
${besides(inputs, id, field, fault)}
${
  sent
    ? html`<p>${word('受け取ったファイル', 'File received')} <code>${value.slice(0, 12)}</code></p><input type="hidden" name="${id}" value="${value}">`
    : html`<p class="note">${word('先に「ファイルを送る」で送ってください。', 'Please send it by “Send a file” first.')}</p>`
}</div>`;
}

function sectionOf(inputs: InputsOf, name: string, field: Field, fault: FormFault | undefined): SafeHtml {
  const { shape, label } = field;
  const id = `${inputs.place}.${name}`;
  const { language } = inputs;
  if (shape.kind !== 'group' && shape.kind !== 'list') return html``;
  const within = (path: string): readonly FormFault[] =>
    inputs.faults.flatMap((one) =>
      one.path.startsWith(`${path}.`) ? [{ ...one, path: one.path.slice(path.length + 1) }] : [],
    );
  const part = (value: unknown, place: string, path: string): SafeHtml =>
    inputsOf({
      language,
      fields: shape.fields,
      place,
      value: typeof value === 'object' && value !== null ? { ...value } : {},
      faults: within(path),
    });
  if (shape.kind === 'group')
    return html`<fieldset id="${id}"><legend>${label[language]}</legend>${besides(inputs, id, field, fault)}
${part(inputs.value[name], id, name)}</fieldset>`;
  const given = inputs.value[name];
  const rows: readonly unknown[] = Array.isArray(given) ? given : [];
  const shown = Math.min(shape.max, Math.max(rows.length + 2, shape.min));
  return html`<fieldset id="${id}"><legend>${label[language]}</legend>${besides(inputs, id, field, fault)}
${Array.from(
  { length: shown },
  (_, index) => html`<fieldset class="row"><legend>${label[language]} ${index + 1}</legend>
${part(rows[index], `${id}.${index}`, `${name}.${index}`)}</fieldset>`,
)}</fieldset>`;
}

function besides(
  { language }: InputsOf,
  id: string,
  { hint }: Field,
  fault: FormFault | undefined,
): SafeHtml {
  return html`${hint && html`<p class="hint" id="${id}-hint">${hint[language]}</p>`}
${fault && html`<p class="error" id="${id}-error">${ruleWords(fault.rule, language)}</p>`}`;
}

const describedBy = (id: string, { hint }: Field, fault: FormFault | undefined): SafeHtml => {
  const ids = [...(hint ? [`${id}-hint`] : []), ...(fault ? [`${id}-error`] : [])];
  return html`${ids.length > 0 && html`aria-describedby="${ids.join(' ')}"`} ${fault && html`aria-invalid="true"`}`;
};

/** The label of the field at a fault's path, for the summary. */
export function labelAt(fields: Fields, path: string, language: Language): string {
  const [name = '', ...rest] = path.split('.');
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!field) return path;
  const inner = /^\d+$/.test(rest[0] ?? '') ? rest.slice(1) : rest;
  const row = inner.length < rest.length ? ` ${Number(rest[0]) + 1}` : '';
  const label = `${field.label[language]}${row}`;
  return inner.length > 0 && 'fields' in field.shape
    ? `${label} ${labelAt(field.shape.fields, inner.join('.'), language)}`
    : label;
}
