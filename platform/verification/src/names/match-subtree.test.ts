import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute, encodeName, type GeneralName, type Name } from '@ishizue/x509';
import { type Match, matchSubtree } from './match-subtree.ts';
import { sameName } from './name-key.ts';

const textual = (kind: 'dnsName' | 'rfc822Name' | 'uri', value: string): GeneralName => ({ kind, value });

function expectAll(
  kind: 'dnsName' | 'rfc822Name' | 'uri',
  rows: readonly (readonly [name: string, base: string, match: Match])[],
): void {
  for (const [name, base, match] of rows)
    assert.equal(matchSubtree(textual(kind, name), textual(kind, base)), match, `${name} in ${base}`);
}

test('host names lie in the domain with everything to its left', () => {
  expectAll('dnsName', [
    ['example.jp', 'example.jp', 'inside'],
    ['a.b.EXAMPLE.jp', 'example.jp', 'inside'],
    ['a.example.jp.', 'example.jp', 'inside'],
    ['notexample.jp', 'example.jp', 'outside'],
    ['example.jp', '.example.jp', 'outside'],
    ['a.example.jp', '.example.jp', 'inside'],
    ['anything.at.all', '', 'inside'],
    ['*.example.jp', 'example.jp', 'inside'],
    ['*.jp', 'www.example.jp', 'malformed'],
    ['*.other.jp', 'www.example.jp', 'outside'],
    ['a..jp', 'jp', 'malformed'],
    ['a\u0000.example.jp', 'example.jp', 'malformed'],
    ['', 'example.jp', 'malformed'],
  ]);
});

test('mailboxes are compared whole, by host, or by domain', () => {
  expectAll('rfc822Name', [
    ['a@example.jp', 'a@example.jp', 'inside'],
    ['A@example.jp', 'a@example.jp', 'outside'],
    ['a@EXAMPLE.jp', 'a@example.jp', 'inside'],
    ['a@example.jp', 'example.jp', 'inside'],
    ['a@mail.example.jp', 'example.jp', 'outside'],
    ['a@mail.example.jp', '.example.jp', 'inside'],
    ['a@example.jp', '.example.jp', 'outside'],
    ['"b@evil.example"@example.jp', 'evil.example', 'outside'],
    ['nobody', 'example.jp', 'malformed'],
    ['@example.jp', 'example.jp', 'malformed'],
  ]);
});

test('of a URI the host counts, and one without a comparable host is refused', () => {
  expectAll('uri', [
    ['https://example.jp/path', 'example.jp', 'inside'],
    ['https://user@example.jp:8443?q', 'example.jp', 'inside'],
    ['https://www.example.jp/', 'example.jp', 'outside'],
    ['https://www.example.jp/', '.example.jp', 'inside'],
    ['https://evil.example#@example.jp/', 'example.jp', 'outside'],
    ['https://evil.example/@example.jp', 'example.jp', 'outside'],
    ['https://192.0.2.1/', 'example.jp', 'malformed'],
    ['urn:a:b', 'example.jp', 'malformed'],
    ['mailto:a@example.jp', 'example.jp', 'malformed'],
  ]);
});

test('addresses are compared under the mask, and only with their own kind', () => {
  const address = (...octets: number[]): GeneralName => ({
    kind: 'ipAddress',
    value: Uint8Array.from(octets),
  });
  const base = address(192, 0, 2, 0, 255, 255, 255, 0);
  assert.equal(matchSubtree(address(192, 0, 2, 77), base), 'inside');
  assert.equal(matchSubtree(address(192, 0, 3, 77), base), 'outside');
  assert.equal(matchSubtree(address(...Array.from({ length: 16 }, () => 0)), base), 'outside');
  assert.equal(matchSubtree(address(192, 0, 2), base), 'malformed');
  assert.equal(matchSubtree(address(192, 0, 2, 1), address(192, 0, 2, 0)), 'malformed');
});

const name = (...parts: readonly [...Parameters<typeof attribute>][]): Name =>
  encodeName(parts.map((part) => attribute(...part)));

test('names of the directory are the same whatever their string type, case and spaces', () => {
  const one = name(['C', 'JP'], ['O', 'Test  Office '], ['CN', 'Straße ﾃｽﾄ']);
  const other = name(['C', 'jp'], ['O', 'test office', 'printable'], ['CN', 'straße テスト']);
  assert.equal(sameName(one, other), true);
  assert.equal(sameName(one, name(['C', 'JP'], ['CN', 'Straße ﾃｽﾄ'], ['O', 'Test Office'])), false, 'order');
  assert.equal(sameName(name(['O', 'a'], ['O', 'b']), name(['O', 'a/b'])), false);
  assert.equal(sameName(name(['O', 'Te st']), name(['O', 'Test'])), false);
  const directory = (each: Name): GeneralName => ({ kind: 'directoryName', name: each });
  assert.equal(matchSubtree(directory(other), directory(name(['C', 'JP'], ['O', 'TEST OFFICE']))), 'inside');
  assert.equal(
    matchSubtree(directory(name(['C', 'JP'])), directory(one)),
    'outside',
    'shorter than its base',
  );
});

test('forms that nobody compares here are told apart from those that do not match', () => {
  const registered: GeneralName = { kind: 'registeredId', oid: '1.2.3' };
  assert.equal(matchSubtree(registered, registered), undefined);
});
