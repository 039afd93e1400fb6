/** One step of the life on the page. */
import type { Check, PlayedStep, StepDescription } from '@ishizue/demo';
import { html, type SafeHtml } from '@ishizue/http';
import type { Artefact } from '../artefacts.ts';
import type { StoppedStep } from '../life-desk.ts';
import { took } from '../moments.ts';
import type { Reader } from '../reader.ts';
import { notice } from './notice.ts';

export type StepState = 'played' | 'next' | 'later';

interface LifeStep {
  readonly reader: Reader;
  readonly step: StepDescription;
  readonly state: StepState;
  readonly played: PlayedStep | undefined;
  readonly stopped: StoppedStep | undefined;
  readonly isBusy: boolean;
  readonly isJustPlayed: boolean;
  /** The step that was played last stands open. */
  readonly isNewest: boolean;
  readonly artefacts: readonly Artefact[];
  readonly forgeryField: SafeHtml;
}

export function lifeStep(context: LifeStep): SafeHtml {
  const { reader, step, state, played, isJustPlayed } = context;
  return html`
    <li id="step-${step.number}" class="step step-${state}" tabindex="-1" aria-labelledby="step-${step.number}-title"${state === 'next' && html` aria-current="step"`}>
      <span class="step-number" aria-hidden="true">${state === 'played' ? '✓' : step.number}</span>
      <div class="step-body">
        <p class="step-state">${stateWord(reader, step.number, state)}</p>
        <h3 id="step-${step.number}-title">${reader.tell(step.title)}</h3>
        <p>${reader.tell(step.explains)}</p>
        ${isJustPlayed && played && playedNotice(reader, played)}
        ${played && happened(context, played)}
        ${state === 'next' && playForm(context)}
      </div>
    </li>`;
}

function stateWord({ say }: Reader, number: number, state: StepState): string {
  const step = say(`手順 ${number}`, `Step ${number}`);
  switch (state) {
    case 'played':
      return `${step} — ${say('実行済み', 'played')}`;
    case 'next':
      return `${step} — ${say('次の手順', 'next')}`;
    case 'later':
      return `${step} — ${say('未実行', 'not yet')}`;
  }
}

function playedNotice({ say }: Reader, { number, checks }: PlayedStep): SafeHtml {
  const failed = checks.filter((check) => check.outcome === 'failed').length;
  return notice({
    kind: failed > 0 ? 'error' : 'success',
    role: 'status',
    title:
      failed > 0
        ? say(
            `手順 ${number} を実行しました。${failed} 件の検査が不合格です。`,
            `Step ${number} was played. Checks that failed: ${failed}.`,
          )
        : say(
            `手順 ${number} を実行しました。不合格の検査はありません。`,
            `Step ${number} was played. No check failed.`,
          ),
  });
}

function happened({ reader, isNewest, isJustPlayed, artefacts }: LifeStep, played: PlayedStep): SafeHtml {
  const { say } = reader;
  const hasFailed = played.checks.some((check) => check.outcome === 'failed');
  return html`
        <div class="happened">
          <p><strong>${say('起きたこと', 'What happened')}</strong> ${reader.tell(played.what)} <span class="took">${took(reader, played.took_ms)}</span></p>
          <details class="disclosure"${(isNewest || isJustPlayed || hasFailed) && html` open`}>
            <summary>${say('検査：', 'Checks: ')}${checksSummary(reader, played.checks)}<span class="visually-hidden">${say(`（手順 ${played.number}）`, ` (step ${played.number})`)}</span></summary>
            <ul class="checks">${played.checks.map((check) => checkItem(reader, check))}</ul>
          </details>
          ${artefacts.length > 0 && artefactList(reader, artefacts)}
        </div>`;
}

function checksSummary({ say }: Reader, checks: readonly Check[]): string {
  const count = (kind: Check['outcome']): number => checks.filter((check) => check.outcome === kind).length;
  const [failed, skipped] = [count('failed'), count('skipped')];
  return [
    say(`合格 ${count('ok')}`, `${count('ok')} passed`),
    failed > 0 && say(`不合格 ${failed}`, `${failed} failed`),
    skipped > 0 && say(`省略 ${skipped}`, `${skipped} skipped`),
  ]
    .filter((part) => part !== false)
    .join(say('・', ', '));
}

const CHECK_MARKS: Readonly<Record<Check['outcome'], string>> = { ok: '✓', failed: '✗', skipped: '–' };

function checkItem(reader: Reader, check: Check): SafeHtml {
  const { say } = reader;
  const words = {
    ok: say('合格', 'Passed'),
    failed: say('不合格', 'Failed'),
    skipped: say('省略', 'Skipped'),
  };
  return html`
              <li class="check check-${check.outcome}">
                <span class="check-outcome"><span aria-hidden="true">${CHECK_MARKS[check.outcome]}</span> ${words[check.outcome]}</span>
                <span class="check-what">${reader.tell(check.what)}${check.detail !== undefined && html` <span class="check-detail">${check.detail}</span>`}</span>
                <span class="check-by"><span class="visually-hidden">${say('検査したもの', 'Checked by')} </span>${check.by}</span>
              </li>`;
}

const artefactList = (reader: Reader, artefacts: readonly Artefact[]): SafeHtml => html`
          <p class="artefacts-title">${reader.say('できたもの', 'What it made')}</p>
          <ul class="artefacts">${artefacts.map(
            ({ name, title }) => html`
            <li><a href="/life/artefacts/${name}" download>${reader.tell(title)} <code>${name}</code></a></li>`,
          )}</ul>`;

function playForm({ reader, step, stopped, isBusy, forgeryField }: LifeStep): SafeHtml {
  const { say, language } = reader;
  if (isBusy)
    return notice({
      kind: 'info',
      role: 'status',
      title: say('ただいま実行中です', 'This step is being played'),
      body: html`<a href="/?lang=${language}#step-${step.number}">${say('読み込み直して結果を見る', 'Load the page again to see the outcome')}</a>`,
    });
  return html`
        ${
          stopped &&
          notice({
            kind: 'error',
            role: 'alert',
            title: say(
              'この手順は途中で止まりました。もう一度実行できます。',
              'This step stopped. It can be played again.',
            ),
            body: html`<code>${stopped.code}</code> ${stopped.detail}`,
          })
        }
        <form method="post" action="/life/steps?lang=${language}">
          ${forgeryField}
          <input type="hidden" name="step" value="${step.number}">
          <button class="button button-fill" type="submit">${say('この手順を実行', 'Play this step')}</button>
        </form>`;
}
