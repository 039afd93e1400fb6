/** The page at `/`: what this is, the country now, the life, and who looked. */
import type { ShownAccess } from '@ishizue/demo';
import { html, type SafeHtml } from '@ishizue/http';
import type { CountryView } from './country-view.ts';
import { frame } from './frame.ts';
import { ago, formatCount } from './moments.ts';
import { accessSection } from './sections/access-section.ts';
import { countrySection } from './sections/country-section.ts';
import { type LifeSection, lifeSection } from './sections/life-section.ts';
import { SiteNames } from './site-names.ts';

export interface HomePage extends LifeSection {
  readonly country: CountryView;
  readonly accesses: readonly ShownAccess[];
  readonly now: number;
}

export function homePage(context: HomePage): SafeHtml {
  const { reader, country } = context;
  const names = new SiteNames(country.sites);
  return frame({
    reader,
    title: reader.say('礎 Ishizue — 自治体共同基盤', 'Ishizue — shared infrastructure of municipalities'),
    main: html`
${hero(context)}
${countrySection({ ...context, names })}
${lifeSection(context)}
${accessSection({ ...context, names })}`,
  });
}

function hero(context: HomePage): SafeHtml {
  const { reader, country, desk, now } = context;
  const { say } = reader;
  const waiting = country.links.reduce((sum, { unacknowledged }) => sum + unacknowledged, 0);
  return html`
<div class="hero">
  <div class="hero-inner">
    <h1>${say('自治体をつなぐ基盤を、だれでも読める形で。', 'What connects municipalities, open for all to read.')}</h1>
    <p class="hero-lead">${say(
      '礎（いしずえ）は、住民基本台帳ネットワーク、個人番号、カード、公的個人認証、コンビニ交付など、全国の自治体が共同で使う仕組みを、公開ソフトウェアとして作り直したものです。このページは、いまこのコンピュータで動いている小さな国を映しています。',
      'Ishizue rebuilds, as open software, what Japan’s municipalities share: the resident registry network, My Number, the card, the citizen PKI, certificates at the kiosk. This page shows a small country that is running on this computer now.',
    )}</p>
    <p class="hero-action"><a class="button button-fill" href="#${desk.next() ? `step-${desk.next()?.number}` : 'accesses'}">${heroAction(context)}</a></p>
    <dl class="facts">
      ${fact(say('サイト', 'Sites'), formatCount(country.sites.length))}
      ${fact(say('リンク', 'Links'), formatCount(country.links.length))}
      ${fact(say('受領待ちの通知', 'Messages waiting'), formatCount(waiting))}
      ${fact(say('起動', 'Started'), ago(reader, country.startedAt, now))}
    </dl>
  </div>
</div>`;
}

function heroAction({ reader, desk }: HomePage): string {
  if (desk.next() === undefined) return reader.say('誰が私の情報を見たかを確かめる', 'See who looked');
  return desk.played().length === 0
    ? reader.say('「一生」をはじめる', 'Begin the life')
    : reader.say('「一生」をつづける', 'Go on with the life');
}

const fact = (term: string, value: SafeHtml | string): SafeHtml =>
  html`<div class="fact"><dt>${term}</dt><dd>${value}</dd></div>`;
