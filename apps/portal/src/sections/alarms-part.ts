/** 警報: what stands and calls for the duty officer, the first to be looked at first. */
import { html, type SafeHtml } from '@ishizue/http';
import { parseLinkName } from '@ishizue/link';
import type { AlarmView, CountryView } from '../country-view.ts';
import { ago, formatCount } from '../moments.ts';
import type { Reader } from '../reader.ts';
import type { SiteNames } from '../site-names.ts';
import { notice } from './notice.ts';
import { table } from './table.ts';

interface AlarmsPart {
  readonly reader: Reader;
  readonly country: Pick<CountryView, 'alarms'>;
  readonly names: SiteNames;
  readonly now: number;
}

export function alarmsPart(context: AlarmsPart): SafeHtml {
  const { reader, country, now } = context;
  const { say } = reader;
  if (country.alarms.length === 0)
    return notice({ kind: 'success', title: say('警報はありません', 'No alarm stands') });
  const open = country.alarms.filter(({ isAcknowledged }) => !isAcknowledged).length;
  return html`
  ${notice({
    kind: open > 0 ? 'error' : 'warning',
    title: say(
      `警報が出ています（未確認 ${formatCount(open)} 件）`,
      `Alarms stand (${formatCount(open)} that nobody has acknowledged)`,
    ),
    body: say(
      '当直者は npx ishizue links で詳細を読み、npx ishizue alarms --acknowledge で確認を記録します。',
      'The duty officer reads npx ishizue links, and acknowledges by npx ishizue alarms --acknowledge.',
    ),
  })}
  ${table({
    caption: say('出ている警報', 'Alarms that stand'),
    rows: country.alarms,
    leftOut: (count) =>
      say(`ほかに ${formatCount(count)} 件あります。`, `${formatCount(count)} more are not shown.`),
    columns: [
      { title: say('警報', 'Alarm'), cell: (alarm) => alarmName(reader, alarm) },
      { title: say('対象', 'About'), cell: (alarm) => about(context, alarm) },
      {
        title: say('状態', 'State'),
        cell: ({ isAcknowledged }) =>
          isAcknowledged ? say('確認済み', 'Acknowledged') : say('未確認', 'Open'),
      },
      { title: say('発生', 'Raised'), isNumber: true, cell: ({ raisedAt }) => ago(reader, raisedAt, now) },
    ],
  })}`;
}

const alarmName = (reader: Reader, { id, code }: AlarmView): SafeHtml =>
  html`${alarmWord(reader, code)} <code class="code">${code} #${id}</code>`;

/** A link by its ends; else the site. */
function about({ reader, names }: AlarmsPart, alarm: AlarmView): SafeHtml {
  const link = parseLinkName(alarm.about);
  if (!link.ok)
    return html`${names.show(reader, alarm.about.split(' ')[0] ?? '')} <code>${alarm.about}</code>`;
  const { from, to } = link.value;
  return html`${names.show(reader, from)} → ${names.show(reader, to)} <code>${alarm.about}</code>`;
}

function alarmWord({ say }: Reader, code: string): string {
  switch (code) {
    case 'messages-parked':
      return say('取り置かれた通知があります', 'Messages are parked');
    case 'digest-differs':
      return say('整合で差異が見つかりました', 'A comparison found differences');
    case 'messages-held':
      return say('欠番が埋まりません', 'A gap does not close');
    case 'acknowledgement-overdue':
      return say('受領確認がありません', 'Nothing is acknowledged');
    case 'link-lag':
      return say('通知が遅れています', 'Messages are late');
    case 'conflict-open':
      return say('二重の住民登録が解決していません', 'A residence conflict is open');
    case 'notices-held':
      return say('通知が留め置かれています', 'Notices are held back');
    case 'comparison-overdue':
      return say('整合が行われていません', 'A comparison is overdue');
    case 'key-expires':
      return say('鍵の期限が近づいています', 'A key expires soon');
    case 'clock-moved':
      return say('時計がずれています', 'The clock was moved');
    default:
      return say('警報', 'Alarm');
  }
}
