/** The links with what waits on them. */
import { html, type SafeHtml } from '@ishizue/http';
import { parseLinkName } from '@ishizue/link';
import type { LinkView } from '../country-view.ts';
import { conditionOf } from '../link-condition.ts';
import { ago, formatCount, span } from '../moments.ts';
import type { Reader } from '../reader.ts';
import type { SiteNames } from '../site-names.ts';
import { conditionMark } from './condition-mark.ts';
import { table } from './table.ts';

interface LinksTable {
  readonly reader: Reader;
  readonly names: SiteNames;
  readonly now: number;
}

export function linksTable(context: LinksTable, links: readonly LinkView[], caption: string): SafeHtml {
  const { reader, now } = context;
  const { say } = reader;
  return table({
    caption,
    rows: links,
    rowClass: (link) => `link-${conditionOf(link)}`,
    leftOut: (count) =>
      say(
        `ほかに ${formatCount(count)} 本のリンクがあります。`,
        `${formatCount(count)} more links are not shown.`,
      ),
    columns: [
      { title: say('リンク', 'Link'), cell: (link) => linkLabel(context, link) },
      { title: say('状態', 'Condition'), cell: (link) => condition(reader, link) },
      { title: say('受領待ち', 'Waiting'), isNumber: true, cell: (link) => formatCount(link.unacknowledged) },
      {
        title: say('最も古いもの', 'Oldest'),
        isNumber: true,
        cell: ({ oldestSeconds }) => (oldestSeconds === null ? '–' : span(reader, oldestSeconds)),
      },
      { title: say('順番待ち', 'Held'), isNumber: true, cell: (link) => formatCount(link.held) },
      { title: say('取り置き', 'Parked'), isNumber: true, cell: (link) => formatCount(link.parked) },
      {
        title: say('最後の受領確認', 'Last acknowledged'),
        isNumber: true,
        cell: ({ lastAckAt }) =>
          lastAckAt === null ? say('まだない', 'Never') : ago(reader, lastAckAt, now),
      },
    ],
  });
}

function condition(reader: Reader, link: LinkView): SafeHtml {
  const { lastErrorCode } = link;
  return html`${conditionMark(reader, conditionOf(link))}${lastErrorCode !== null && html`<code class="code">${lastErrorCode}</code>`}`;
}

function linkLabel({ reader, names }: LinksTable, { link }: LinkView): SafeHtml {
  const name = parseLinkName(link);
  if (!name.ok) return html`<code>${link}</code>`;
  const { from, to, system } = name.value;
  return html`<span class="link-name">${names.show(reader, from)} <span aria-hidden="true">→</span><span class="visually-hidden">${reader.say('から', 'to')}</span> ${names.show(reader, to)}</span>
    <span class="link-system">${systemName(reader, system)} <code>${system}</code></span>`;
}

function systemName({ say }: Reader, system: string): string {
  switch (system) {
    case 'registry':
      return say('住民記録', 'Resident registry');
    case 'numbering':
      return say('個人番号', 'My Number');
    case 'overseas':
      return say('戸籍の附票', 'Supplementary family register');
    case 'jpki':
      return say('公的個人認証', 'Citizen PKI');
    case 'cards':
      return say('カード', 'Cards');
    case 'certificates':
      return say('コンビニ交付', 'Kiosk certificates');
    default:
      return '';
  }
}
