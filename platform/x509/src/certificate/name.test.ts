import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { fromHex, hexOf, tlv } from '../testing/tlv.ts';
import { attribute, encodeName, parseName } from './name.ts';

test('each attribute has the string type that the caller chose', () => {
  const name = encodeName([attribute('C', 'JP'), attribute('O', 'A', 'printable'), attribute('O', 'A')]);
  const country = tlv('31', tlv('30', '0603550406', '13024a50'));
  const printable = tlv('31', tlv('30', '060355040a', '130141'));
  const utf8 = tlv('31', tlv('30', '060355040a', '0c0141'));
  assert.equal(hexOf(name.der), tlv('30', country, printable, utf8));
});

test('repeated attributes stay apart and in order', () => {
  const name = encodeName([
    attribute('C', 'JP'),
    attribute('L', 'Tokyo-to'),
    attribute('L', 'Kiyose-shi'),
    attribute('CN', 'ABC'),
  ]);
  assert.equal(name.toString(), 'CN=ABC,L=Kiyose-shi,L=Tokyo-to,C=JP');
  assert.equal(name.find('L'), 'Tokyo-to');
  assert.equal(name.find('OU'), undefined);
});

test('names are compared octet by octet: encodings and order matter', () => {
  const utf8 = encodeName([attribute('C', 'JP'), attribute('O', 'A')]);
  const printable = encodeName([attribute('C', 'JP'), attribute('O', 'A', 'printable')]);
  const turned = encodeName([attribute('O', 'A'), attribute('C', 'JP')]);
  assert.ok(utf8.equals(mustSucceed(parseName(utf8.der), 'a name')));
  assert.ok(!utf8.equals(printable));
  assert.ok(!utf8.equals(turned));
});

test('several attributes at one level are sorted, and unsorted ones are refused', () => {
  const level = [attribute('O', 'B'), attribute('CN', 'A')];
  const name = encodeName([level]);
  assert.equal(name.toString(), 'CN=A+O=B');
  const unsorted = tlv('30', tlv('31', tlv('30', '060355040a', '0c0142'), tlv('30', '0603550403', '0c0141')));
  const refused = parseName(fromHex(unsorted));
  assert.equal(!refused.ok && refused.failure.code, 'set-not-sorted');
});

test('the string form escapes as RFC 4514 does', () => {
  const text = (value: string): string => encodeName([attribute('CN', value)]).toString();
  assert.equal(text('a,b+c"d\\e;<>'), String.raw`CN=a\,b\+c\"d\\e\;\<\>`);
  assert.equal(text(' #x '), String.raw`CN=\ #x\ `);
  assert.equal(text('#x'), String.raw`CN=\#x`);
  assert.equal(text('a\nb'), String.raw`CN=a\0ab`);
  assert.equal(text('公的　太郎'), 'CN=公的　太郎');
  assert.equal(encodeName([{ oid: '1.2.3', value: 'v', type: 'utf8' }]).toString(), '1.2.3=v');
});

test('any name survives writing and reading', () => {
  const value = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => text.isWellFormed());
  const anyAttribute = fc
    .tuple(fc.constantFrom('CN', 'O', 'OU', 'L', 'ST', 'GN'), value)
    .map(([keyword, text]) => attribute(keyword, text));
  fc.assert(
    fc.property(
      fc.array(fc.array(anyAttribute, { minLength: 1, maxLength: 3 }), { maxLength: 6 }),
      (levels) => {
        const written = encodeName(levels);
        const read = mustSucceed(parseName(written.der), 'a name');
        assert.ok(read.equals(written));
        assert.ok(encodeName(read.relativeNames).equals(written));
        assert.equal(read.relativeNames.length, levels.length);
      },
    ),
  );
});

test('what is no name is refused', () => {
  const code = (hex: string): string => {
    const result = parseName(Buffer.from(hex, 'hex'));
    return result.ok ? 'ok' : result.failure.code;
  };
  assert.equal(code('3000'), 'ok');
  assert.equal(code('30023100'), 'empty');
  assert.equal(code(tlv('30', tlv('31', tlv('30', '0603550403', '130561')))), 'truncated');
  assert.equal(code(tlv('30', tlv('31', tlv('30', '0603550403', '0500')))), 'string-invalid');
  // text that cannot be decoded: as U+FFFD it would be the same as other text that cannot
  for (const [tag, octets] of [
    ['0c', 'ff'],
    ['0c', 'eda080'],
    ['1e', '006100'],
    ['1e', 'd800'],
    ['1c', '00110000'],
    ['1a', '61'],
  ] as const)
    assert.equal(
      code(tlv('30', tlv('31', tlv('30', '0603550403', tlv(tag, octets))))),
      'string-invalid',
      octets,
    );
  assert.equal(code(tlv('30', tlv('31', tlv('30', '0603550403', '130161', '00')))), 'trailing-data');
  assert.equal(code(`${tlv('30', tlv('31', tlv('30', '0603550406', '13024a50')))}00`), 'trailing-data');
});
