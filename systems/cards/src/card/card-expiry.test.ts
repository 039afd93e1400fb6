import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cardExpiry, carriesSignature } from './card-expiry.ts';

test('a birth date of which nothing is known, and a stay that is over, have no expiry', () => {
  const of = { receivedOn: '2026-11-01', issuedOn: '2026-11-20', stayExpiresOn: null };
  const unknown = cardExpiry({ ...of, birthDate: '0000-00-00' });
  assert.equal(!unknown.ok && unknown.failure.code, 'birth-date-unknown');
  const over = cardExpiry({ ...of, birthDate: '1980-02-17', stayExpiresOn: '2026-11-19' });
  assert.equal(!over.ok && over.failure.code, 'stay-expired');
});

test('a card lasts more than nine and at most ten years, or more than four and at most five, to a birthday', () => {
  const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2020-12-31'), noInvalidDate: true });
  const later = fc.date({ min: new Date('2021-01-01'), max: new Date('2060-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(day, later, (born, issued) => {
      const [birthDate, issuedOn] = [born, issued].map((date) => date.toISOString().slice(0, 10));
      assert.ok(birthDate && issuedOn);
      const expiry = cardExpiry({ birthDate, receivedOn: issuedOn, issuedOn, stayExpiresOn: null });
      assert.ok(expiry.ok);
      const years = (Date.parse(expiry.value) - Date.parse(issuedOn)) / (365.2425 * 86_400_000);
      assert.ok((years > 8.99 && years < 10.01) || (years > 3.99 && years < 5.01), `${years}`);
      const monthDay = expiry.value.slice(5);
      assert.ok(monthDay === birthDate.slice(5) || (birthDate.endsWith('02-29') && monthDay === '02-28'));
    }),
  );
});

test('the signature certificate comes with fifteen', () => {
  assert.equal(carriesSignature('2011-11-20', '2026-11-19'), false);
  assert.equal(carriesSignature('2011-11-20', '2026-11-20'), true);
  assert.equal(carriesSignature('2011-11-00', '2026-11-29'), false);
  assert.equal(carriesSignature('0000-00-00', '2026-11-29'), false);
});
