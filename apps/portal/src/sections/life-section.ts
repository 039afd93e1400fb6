/**
 * 一生: the steps of one life in order, each with what it did and how that was checked. One button plays the next step;
 * it is a form, so that the page needs no script.
 */
import { html, type SafeHtml } from '@ishizue/http';
import type { Artefact } from '../artefacts.ts';
import type { LifeDesk } from '../life-desk.ts';
import type { Reader } from '../reader.ts';
import { lifeStep, type StepState } from './life-step.ts';
import { notice } from './notice.ts';

export interface LifeSection {
  readonly reader: Reader;
  readonly desk: LifeDesk;
  readonly artefacts: readonly Artefact[];
  /** The hidden field that every form needs. */
  readonly forgeryField: SafeHtml;
  /** The step that this visitor has just played. */
  readonly justPlayed: number | undefined;
  /** This visitor has just begun another life. */
  readonly hasBegun: boolean;
}

export function lifeSection(context: LifeSection): SafeHtml {
  const { reader, desk, artefacts } = context;
  const { say } = reader;
  const played = desk.played();
  const next = desk.next();
  return html`
<section id="life" class="section section-tinted" tabindex="-1" aria-labelledby="life-title">
  <h2 id="life-title">${say('一生', 'One life')}</h2>
  <p class="lead">${say(
    `架空の一家の出来事を、いま動いているシステムで ${desk.steps.length} の手順として実行します。各手順のあと、結果を ishizue 自身と外部のプログラム（openssl など）が確かめます。`,
    `The life of an invented family in ${desk.steps.length} steps, played over the systems that are running now. After each step, Ishizue and programs of others (such as openssl) check the outcome.`,
  )}</p>
  ${context.hasBegun && notice({ kind: 'info', role: 'status', title: say('新しい一生を始めました。手順 1 から実行できます。', 'Another life has begun. Step 1 can be played.') })}
  ${progress(reader, played.length, desk.steps.length)}
  <ol class="steps">
    ${desk.steps.map((step) =>
      lifeStep({
        reader,
        step,
        state: stateOf(step.number),
        played: played.find(({ number }) => number === step.number),
        stopped: next?.number === step.number ? desk.stopped : undefined,
        isBusy: desk.isBusy,
        isJustPlayed: context.justPlayed === step.number,
        isNewest: played.at(-1)?.number === step.number,
        artefacts: artefacts.filter((artefact) => artefact.step === step.number),
        forgeryField: context.forgeryField,
      }),
    )}
  </ol>
  ${next === undefined && notice({ kind: 'success', title: say('すべての手順が終わりました', 'All steps are played'), body: html`<a href="#accesses">${say('この一生で「誰が私の情報を見たか」を確かめる', 'See who looked at me in this life')}</a>` })}
  ${played.length > 0 && beginAgain(context)}
</section>`;

  function stateOf(number: number): StepState {
    if (played.some((step) => step.number === number)) return 'played';
    return next?.number === number ? 'next' : 'later';
  }
}

const progress = ({ say }: Reader, done: number, all: number): SafeHtml => html`
  <div class="progress">
    <p id="progress-label">${say(`${all} 手順のうち ${done} 手順を実行しました`, `${done} of ${all} steps played`)}</p>
    <progress max="${all}" value="${done}" aria-labelledby="progress-label"></progress>
  </div>`;

const beginAgain = ({ reader, forgeryField }: LifeSection): SafeHtml => html`
  <form class="again" method="post" action="/life/begin-again?lang=${reader.language}">
    ${forgeryField}
    <button class="button button-outline" type="submit">${reader.say('もう一度はじめる', 'Begin again')}</button>
    <p>${reader.say('別の人々で新しい一生を始めます。これまでの記録は台帳に残ります。', 'Another life with other people. What happened so far stays in the ledger.')}</p>
  </form>`;
