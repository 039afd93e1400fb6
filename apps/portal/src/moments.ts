/** Instants and spans as the page writes them: Japan's time everywhere, eras in Japanese, ISO in English. */
import { dateInTokyo } from '@ishizue/clock';
import { html, type SafeHtml } from '@ishizue/http';
import { mustSucceed } from '@ishizue/outcome';
import { formatWareki } from '@ishizue/text';
import type { Reader } from './reader.ts';

const TIME_IN_TOKYO = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', timeStyle: 'medium' });
const COUNT = new Intl.NumberFormat('en-US');
const AGO = {
  ja: new Intl.RelativeTimeFormat('ja', { numeric: 'always' }),
  en: new Intl.RelativeTimeFormat('en', { numeric: 'always' }),
};
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** `1,024`. */
export const formatCount = (count: number): string => COUNT.format(count);

/** `令和8年11月22日 21:53:10`, `2026-11-22 21:53:10 JST`, machine-readable besides. */
export function moment(reader: Reader, at: Date): SafeHtml {
  const date = dateInTokyo(at.getTime());
  const time = TIME_IN_TOKYO.format(at);
  const day = reader.language === 'ja' ? mustSucceed(formatWareki(date), 'a date of the calendar') : date;
  return html`<time datetime="${at.toISOString()}">${day} <span class="nowrap">${time}${reader.say('', ' JST')}</span></time>`;
}

/** `12 秒前`, `12 seconds ago`. */
export function ago(reader: Reader, at: Date, now: number): SafeHtml {
  const seconds = Math.max(0, Math.round((now - at.getTime()) / 1000));
  const { amount, unit } = inUnits(seconds);
  return html`<time datetime="${at.toISOString()}">${AGO[reader.language].format(-amount, unit)}</time>`;
}

/** `3 分`, `3 min`: a span in its largest whole unit. */
export function span(reader: Reader, seconds: number): string {
  const { amount, unit } = inUnits(Math.max(0, Math.round(seconds)));
  const locale = reader.language;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(amount);
}

function inUnits(seconds: number): { amount: number; unit: 'second' | 'minute' | 'hour' | 'day' } {
  if (seconds < MINUTE_S) return { amount: seconds, unit: 'second' };
  if (seconds < HOUR_S) return { amount: Math.floor(seconds / MINUTE_S), unit: 'minute' };
  if (seconds < DAY_S) return { amount: Math.floor(seconds / HOUR_S), unit: 'hour' };
  return { amount: Math.floor(seconds / DAY_S), unit: 'day' };
}

/** What a step took: `0.84 秒`, `0.84 s`. */
export function took(reader: Reader, milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const shown = seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1);
  return reader.say(`${shown} 秒`, `${shown} s`);
}
