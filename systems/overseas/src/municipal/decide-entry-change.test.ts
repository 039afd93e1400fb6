import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '@ishizue/clock';
import * as fc from 'fast-check';
import { decideEntryChange, entryAfter } from './decide-entry-change.ts';
import type { SupplementaryEntry } from './entry.ts';
import type { EntryNotice } from './entry-notice.ts';

const entry: SupplementaryEntry = {
  municipality: '142042',
  residentCode: '24727059608',
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
  residenceSequence: null,
  since: '2010-04-01',
};

const told = {
  residentCode: entry.residentCode,
  residence: '132217',
  sequence: 2,
  eventDate: '2026-11-10',
  since: '2001-04-01',
  name: '髙石　遥',
  birthDate: '1980-02-17',
  sex: 2,
  domicile: entry.familyRegister,
  familyRegisterHead: entry.familyRegisterHead,
} as const;

const residence = (changes: Partial<Extract<EntryNotice, { kind: 'residence' }>> = {}): EntryNotice => ({
  kind: 'residence',
  ...told,
  address: '東京都清瀬市中里五丁目842番地',
  addressFixedOn: '2026-11-10',
  opens: false,
  ...changes,
});

const decided = (held: SupplementaryEntry | undefined, notice: EntryNotice): string => {
  const decision = decideEntryChange(held, notice);
  return decision.ok ? decision.value : decision.failure.code;
};

test('an entry is changed by its own person’s later notices only', () => {
  assert.equal(decided(entry, residence()), 'record');
  assert.equal(decided(entry, residence({ name: '高石遥' })), 'record', 'a spelling of the same name');
  assert.equal(decided(entry, residence({ name: '高石　香' })), 'person-differs');
  assert.equal(decided(entry, residence({ birthDate: '1980-02-18' })), 'person-differs');
  assert.equal(decided(entry, residence({ sex: 1 })), 'person-differs');
  assert.equal(decided({ ...entry, residenceSequence: 2 }, residence()), 'known');
  assert.equal(decided({ ...entry, state: 'deleted' }, residence()), 'entry-deleted');
  assert.equal(decided(entry, residence({ addressFixedOn: '2009-01-01' })), 'late', 'from before the load');
});

test('an entry is opened by a newborn’s notice alone', () => {
  assert.equal(decided(undefined, residence()), 'entry-unknown');
  assert.equal(decided(undefined, { kind: 'overseas', ...told }), 'entry-unknown');
  assert.equal(decided(undefined, residence({ opens: true })), 'enter');
  assert.equal(
    decided(undefined, residence({ opens: true, familyRegisterHead: null })),
    'family-register-missing',
  );
});

test('of two municipalities of residence the later stands; where the dates do not tell, nobody guesses', () => {
  const elsewhere = (since: string) => residence({ residence: '271004', since });
  assert.equal(decided(entry, elsewhere('2026-11-10')), 'record');
  assert.equal(decided(entry, elsewhere('2005-01-01')), 'late');
  assert.equal(decided(entry, elsewhere('2010-04-01')), 'notice-order-unclear');
  assert.equal(decided({ ...entry, residence: null }, elsewhere('2005-01-01')), 'notice-order-unclear');
  const overseas = entryAfter(entry, '142042', { kind: 'overseas', ...told, since: told.eventDate });
  const loaded = { ...overseas, residence: null, residenceSequence: null };
  const again: EntryNotice = { kind: 'overseas', ...told, since: told.eventDate };
  assert.equal(decided(loaded, again), 'known', 'the departure that the load told of');
});

test('a departure takes the address and keeps the person; a return gives it back; a death deletes', () => {
  const gone = entryAfter(entry, '142042', { kind: 'overseas', ...told, since: told.eventDate });
  assert.deepEqual(
    [gone.address, gone.isOverseas, gone.addressFixedOn, gone.state],
    [null, true, '2026-11-10', 'current'],
  );
  const back = entryAfter(gone, '142042', residence({ sequence: 3 }));
  assert.deepEqual([back.address, back.isOverseas], ['東京都清瀬市中里五丁目842番地', false]);
  assert.equal(entryAfter(back, '142042', { kind: 'deceased', ...told, sequence: 4 }).state, 'deleted');
});

/** A life of stays, each a year after the last: where, how many moves inside, whether it ends abroad. */
const stay = fc.record({
  where: fc.constantFrom('132217', '142042', '271004'),
  moves: fc.nat(2),
  abroad: fc.boolean(),
});

interface Stay {
  readonly where: string;
  readonly moves: number;
  readonly abroad: boolean;
}

/** The notices of a life by municipality, each municipality's in its order. */
function noticesOf(stays: readonly Stay[]): ReadonlyMap<string, readonly EntryNotice[]> {
  const by = new Map<string, EntryNotice[]>();
  for (const [year, { where, moves, abroad }] of stays.entries()) {
    const notices = by.get(where) ?? [];
    by.set(where, notices);
    const since = addDays('2015-01-01', year * 365);
    for (let move = 0; move <= moves; move++) {
      const sequence = notices.length + 1;
      const addressFixedOn = addDays(since, move * 30);
      const address = `${where} ${year} ${move}`;
      notices.push(residence({ residence: where, since, sequence, address, addressFixedOn }));
    }
    const leaves = addDays(since, 200);
    if (abroad)
      notices.push({
        kind: 'overseas',
        ...told,
        residence: where,
        sequence: notices.length + 1,
        since: leaves,
        eventDate: leaves,
      });
  }
  return by;
}

function arrive(
  by: ReadonlyMap<string, readonly EntryNotice[]>,
  order: readonly number[],
): SupplementaryEntry {
  const waiting = [...by.values()].map((notices) => [...notices]);
  let held: SupplementaryEntry = { ...entry, residence: null };
  for (const choice of [...order, ...Array<number>(200).fill(0)]) {
    const open = waiting.filter((notices) => notices.length > 0);
    const notice = open[choice % Math.max(open.length, 1)]?.shift();
    if (!notice) break;
    const decision = decideEntryChange(held, notice);
    assert.ok(decision.ok, decision.ok ? '' : decision.failure.code);
    if (decision.value === 'record') held = entryAfter(held, '142042', notice);
  }
  return held;
}

test('in whatever order the links bring a life’s notices, the entry ends the same: at its last stay', () => {
  fc.assert(
    fc.property(
      fc.array(stay, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(2), { maxLength: 60 }),
      (stays, order) => {
        const by = noticesOf(stays);
        const held = arrive(by, order);
        const last = stays.at(-1);
        assert.ok(last);
        const address = `${last.where} ${stays.length - 1} ${last.moves}`;
        assert.equal(held.address, last.abroad ? null : address);
        assert.equal(held.isOverseas, last.abroad);
      },
    ),
    { numRuns: 2000 },
  );
});
