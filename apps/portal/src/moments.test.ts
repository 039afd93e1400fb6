import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, moment, span, took } from './moments.ts';
import { readerOf } from './reader.ts';

const ja = readerOf('ja');
const en = readerOf('en');
const text = (markup: { toString(): string }): string => markup.toString().replaceAll(/<[^>]+>/g, '');

test('an instant is written in Japan’s time, by era or by ISO', () => {
  const lateInLondon = new Date('2026-11-22T20:05:09Z'); // already the 23rd in Tokyo
  assert.equal(text(moment(ja, lateInLondon)), '令和8年11月23日 05:05:09');
  assert.equal(text(moment(en, lateInLondon)), '2026-11-23 05:05:09 JST');
  assert.match(moment(ja, lateInLondon).toString(), /datetime="2026-11-22T20:05:09\.000Z"/);
  assert.equal(text(moment(ja, new Date('2026-11-22T15:00:00Z'))), '令和8年11月23日 00:00:00');
});

test('ages are whole units, and nothing is in the future', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const before = (seconds: number): Date => new Date(now - seconds * 1000);
  assert.equal(text(ago(ja, before(12), now)), '12 秒前');
  assert.equal(text(ago(en, before(59), now)), '59 seconds ago');
  assert.equal(text(ago(en, before(60), now)), '1 minute ago');
  assert.equal(text(ago(ja, before(3_599), now)), '59 分前');
  assert.equal(text(ago(en, before(2 * 86_400), now)), '2 days ago');
  assert.equal(text(ago(ja, before(-5), now)), '0 秒前');
});

test('spans have a unit', () => {
  assert.equal(span(en, 3_725), '1 hr');
  assert.equal(span(ja, 95), '1 分');
  assert.equal(took(ja, 137), '0.14 秒');
  assert.equal(took(en, 12_345), '12.3 s');
});
