import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { preferredLanguage } from './reader.ts';

test('the language that is liked better is chosen, Japanese where neither is named', () => {
  const cases: readonly (readonly [header: string | undefined, language: string])[] = [
    [undefined, 'ja'],
    ['', 'ja'],
    ['en', 'en'],
    ['en-GB,en;q=0.9', 'en'],
    ['ja,en-US;q=0.9,en;q=0.8', 'ja'],
    ['ja;q=0.5, en;q=0.7', 'en'],
    ['fr, de;q=0.9, en;q=0.3', 'en'],
    ['fr, de', 'ja'],
    ['en;q=0', 'ja'],
    ['EN', 'en'],
    ['english', 'ja'],
    [`${'x,'.repeat(100)}en`, 'ja'], // past the bound nothing is read
  ];
  for (const [header, language] of cases) assert.equal(preferredLanguage(header), language, header);
});

test('any header gives one of the two languages', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      assert.match(preferredLanguage(header), /^(?:ja|en)$/);
    }),
  );
});
