import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newCertificateId, readCertificateId } from './certificate-id.ts';

test('a number is read back however it is typed, and nothing else is', () => {
  for (let run = 0; run < 1000; run++) {
    const id = newCertificateId();
    assert.match(id, /^(?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
    for (const typed of [id, id.toLowerCase(), id.replaceAll('-', ''), id.replaceAll('-', ' ')])
      assert.equal(readCertificateId(typed), id);
    assert.equal(readCertificateId(id.replaceAll('0', 'o').replaceAll('1', 'l')), id);
    assert.equal(readCertificateId(id.slice(1)), undefined);
  }
  assert.equal(readCertificateId('UUUU-UUUU-UUUU-UUUU-UUUU-UUUU'), undefined);
  assert.equal(readCertificateId('-'.repeat(100)), undefined);
});

test('ten thousand numbers are ten thousand numbers', () => {
  assert.equal(new Set(Array.from({ length: 10_000 }, newCertificateId)).size, 10_000);
});
