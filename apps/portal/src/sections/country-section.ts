/** 国のいま: the sites in their three tiers, each with the condition of what it sends, and the lag of every link. */
import { html, type SafeHtml } from '@ishizue/http';
import { parseLinkName } from '@ishizue/link';
import type { CountryView, LinkView, SiteView } from '../country-view.ts';
import { byTrouble, conditionOf, type LinkCondition, worstOf } from '../link-condition.ts';
import { formatCount } from '../moments.ts';
import type { Reader } from '../reader.ts';
import type { SiteNames } from '../site-names.ts';
import { alarmsPart } from './alarms-part.ts';
import { conditionMark } from './condition-mark.ts';
import { linksTable } from './links-table.ts';
import { notice } from './notice.ts';
import { ROWS_MAX } from './table.ts';

export interface CountrySection {
  readonly reader: Reader;
  readonly country: CountryView;
  readonly names: SiteNames;
  readonly now: number;
}

export function countrySection(context: CountrySection): SafeHtml {
  const { reader, country } = context;
  const { say } = reader;
  return html`
<section id="country" class="section" aria-labelledby="country-title">
  <h2 id="country-title">${say('国のいま', 'The country now')}</h2>
  <p class="lead">${say(
    '国・都道府県・市区町村はそれぞれ独立した「サイト」です。データは各サイトにとどまり、署名された通知だけがサイト間の「リンク」を流れます。',
    'The nation, each prefecture and each municipality is a site of its own. Data stay where they are; signed messages travel between sites over links.',
  )}</p>
  <h3>${say('警報', 'Alarms')}</h3>
  ${alarmsPart(context)}
  <h3>${say('サイト', 'Sites')}</h3>
  <p>${say('印は、そのサイトから送る通知の状態です。', 'The mark tells how the messages that a site sends are getting on.')}</p>
  ${siteTree(context)}
  <h3>${say('リンク', 'Links')}</h3>
  ${linksPart(context, byTrouble(country.links))}
</section>`;
}

function siteTree({ reader, country, names }: CountrySection): SafeHtml {
  const shown = country.sites.slice(0, ROWS_MAX);
  const conditions = conditionsBySender(country.links);
  const box = (site: SiteView, above?: string): SafeHtml => html`<span class="site">
        <span><span class="site-name">${names.showBelow(reader, above, site.site)}</span> <code class="site-id">${site.site}</code></span>
        ${conditionMark(reader, worstOf(conditions.get(site.site) ?? []))}
      </span>`;
  const ofKind = (kind: SiteView['kind']) => shown.filter((site) => site.kind === kind);
  const prefectures = ofKind('prefectural');
  const under = Map.groupBy(ofKind('municipal'), prefectureOf);
  const orphans = ofKind('municipal').filter(
    (site) => !prefectures.some((prefecture) => prefecture.site === prefectureOf(site)),
  );
  const leftOut = country.sites.length - shown.length;
  return html`
  <ul class="tree">
    ${ofKind('national').map((site) => html`<li class="tree-nation">${box(site)}</li>`)}
    <li class="tree-prefectures"><ul>
      ${prefectures.map(
        (prefecture) => html`<li class="tree-prefecture">${box(prefecture)}
        ${siteList((under.get(prefecture.site) ?? []).map((site) => box(site, prefecture.site)))}</li>`,
      )}
      ${orphans.length > 0 && html`<li class="tree-prefecture">${siteList(orphans.map((site) => box(site)))}</li>`}
    </ul></li>
  </ul>
  ${
    leftOut > 0 &&
    html`<p class="table-note">${reader.say(`ほかに ${formatCount(leftOut)} サイトあります。`, `${formatCount(leftOut)} more sites are not shown.`)}</p>`
  }`;
}

const siteList = (boxes: readonly SafeHtml[]): SafeHtml | undefined =>
  boxes.length === 0
    ? undefined
    : html`<ul class="tree-municipalities">${boxes.map((box) => html`<li>${box}</li>`)}</ul>`;

/** `municipal/132217` → `prefectural/13`: a municipality's code begins with its prefecture's. */
const prefectureOf = ({ site }: SiteView): string =>
  site.replace(/^municipal\/(\d{2})\d*$/, 'prefectural/$1');

function conditionsBySender(links: readonly LinkView[]): ReadonlyMap<string, readonly LinkCondition[]> {
  const bySender = Map.groupBy(links, ({ link }) => {
    const name = parseLinkName(link);
    return name.ok ? name.value.from : link;
  });
  return new Map([...bySender].map(([sender, sent]) => [sender, sent.map(conditionOf)]));
}

function linksPart(context: CountrySection, links: readonly LinkView[]): SafeHtml {
  const { say } = context.reader;
  const quiet = links.filter((link) => conditionOf(link) === 'quiet');
  const busy = links.filter((link) => conditionOf(link) !== 'quiet');
  return html`
  ${linksNotice(context.reader, links)}
  ${busy.length > 0 && linksTable(context, busy, say('通知が残っているリンク', 'Links with something left to do'))}
  ${
    quiet.length > 0 &&
    html`<details class="disclosure">
    <summary>${say(`滞りのないリンク（${formatCount(quiet.length)} 本）を見る`, `Show the links at rest (${formatCount(quiet.length)})`)}</summary>
    ${linksTable(context, quiet, say('滞りのないリンク', 'Links at rest'))}
  </details>`
  }`;
}

function linksNotice({ say }: Reader, links: readonly LinkView[]): SafeHtml {
  const count = (condition: LinkCondition): number =>
    links.filter((link) => conditionOf(link) === condition).length;
  const stopped = count('stopped');
  const late = count('late');
  if (stopped > 0)
    return notice({
      kind: 'error',
      title: say(`${stopped} 本のリンクが対応を待っています`, `Links that are stopped: ${stopped}`),
      body: say(
        '受け取り側が断った通知があります。同じ人についての後続の通知は、解決するまで順番を待ちます。',
        'A receiver refused a message. What follows for the same person waits until someone settles it.',
      ),
    });
  if (late > 0)
    return notice({
      kind: 'warning',
      title: say(`${late} 本のリンクが遅れています`, `Links that are late: ${late}`),
      body: say(
        '通知は失われません。相手が応答しだい、順番どおりに届きます。',
        'No message is lost: all arrive in order as soon as the other side answers.',
      ),
    });
  return notice({
    kind: 'success',
    title: say(
      `${formatCount(links.length)} 本のリンクはすべて流れています`,
      `All links are flowing (${formatCount(links.length)})`,
    ),
  });
}
