import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decideNotice } from './decide-notice.ts';
import type { SupplementaryEntry } from './entry.ts';
import type { EntryNotice } from './entry-notice.ts';

const [OLD, NEW] = ['24727059608', '24727059616'];

const entry: SupplementaryEntry = {
  municipality: '142042',
  residentCode: OLD,
  state: 'current',
  familyRegister: '神奈川県鎌倉市御成町18番',
  familyRegisterHead: '石川　太郎',
  name: '髙石　遥',
  address: '東京都清瀬市元町一丁目4番5号',
  isOverseas: false,
  addressFixedOn: '2010-04-01',
  birthDate: '1980-02-17',
  sex: 2,
  sequence: 1,
  residence: '132217',
  residenceSequence: 3,
  since: '2010-04-01',
};

const told: EntryNotice = {
  kind: 'code-changed',
  residentCode: NEW,
  formerCode: OLD,
  residence: '132217',
  sequence: 4,
  eventDate: '2026-11-10',
  since: '2010-04-01',
  name: '髙石　遥',
  birthDate: '1980-02-17',
  sex: 2,
  domicile: entry.familyRegister,
  familyRegisterHead: entry.familyRegisterHead,
  address: '東京都清瀬市元町一丁目4番5号',
  addressFixedOn: '2010-04-01',
};

test('a changed code is for the same person’s current entry, and for a code that is and was nobody’s', () => {
  const held = fc.record({
    state: fc.constantFrom('current' as const, 'deleted' as const),
    birthDate: fc.constantFrom('1980-02-17', '1980-02-18'),
    residenceSequence: fc.constantFrom(null, 3, 4, 5),
    // an entry of an earlier residence, of this one, and of a later one
    residence: fc.constantFrom('132217', '131016'),
    since: fc.constantFrom('2001-04-01', '2010-04-01', '2020-04-01'),
  });
  const codes = fc.uniqueArray(fc.constantFrom(OLD, NEW));
  fc.assert(
    fc.property(held, codes, codes, (changes, present, used) => {
      const entries = new Map(
        present.map((residentCode) => [residentCode, { ...entry, ...changes, residentCode }]),
      );
      const decision = decideNotice(entries, new Set(used), told);
      const isInOrder =
        changes.residence === '132217'
          ? (changes.residenceSequence ?? 0) < 4
          : changes.since !== '2010-04-01';
      const mayChange =
        used.length === 0 &&
        present.length === 1 &&
        present[0] === OLD &&
        changes.state === 'current' &&
        changes.birthDate === told.birthDate &&
        isInOrder;
      assert.equal(decision.ok, mayChange);
      if (decision.ok) assert.equal(decision.value.held?.residentCode, OLD);
    }),
  );
});

test('a used-up code is refused in any notice', () => {
  const { formerCode: _former, ...rest } = told;
  const plain: EntryNotice = { ...rest, kind: 'residence', residentCode: OLD, opens: true };
  const codeOf = (retired: readonly string[]): string => {
    const decision = decideNotice(new Map(), new Set(retired), plain);
    return decision.ok ? decision.value.effect : decision.failure.code;
  };
  assert.equal(codeOf([]), 'enter');
  assert.equal(codeOf([NEW]), 'enter');
  assert.equal(codeOf([OLD]), 'resident-code-retired');
});
