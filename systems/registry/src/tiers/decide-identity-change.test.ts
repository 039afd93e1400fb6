import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IdentityChanged } from '../identity/identity-changed.ts';
import { noticeWith } from '../testing/samples.ts';
import { decideIdentityChange, type HeldPerson } from './decide-identity-change.ts';

const KIYOSE = '132217';
const KAMAKURA = '142042';

/** Kiyose holds the person since 10 November. */
const held: HeldPerson = {
  residentCode: '24727059608',
  municipality: KIYOSE,
  status: 'resident',
  name: '髙橋　花子',
  birthDate: '1990-05-06',
  sex: 2,
  enteredOn: '2026-11-10',
};

const verdict = (person: HeldPerson | undefined, notice: Partial<IdentityChanged>): string => {
  const decided = decideIdentityChange(person, noticeWith(notice), 'nation');
  return decided.ok ? decided.value : decided.failure.code;
};

const ENTRIES = ['move-in', 'birth', 'initial-load'] as const;
const CHANGES = ['move-within', 'minor-correction', 'number-assigned', 'move-out', 'death'] as const;

test('an unknown person is entered by an entry and by nothing else', () => {
  for (const reason of ENTRIES) assert.equal(verdict(undefined, { reason }), 'record');
  for (const reason of CHANGES) assert.equal(verdict(undefined, { reason }), 'person-unknown');
});

test('the municipality where the person lives is believed', () => {
  for (const reason of CHANGES) assert.equal(verdict(held, { reason, eventDate: '2026-11-15' }), 'record');
  for (const status of ['moved-out', 'removed'] as const)
    for (const reason of ['move-in', 'initial-load'] as const)
      assert.equal(verdict({ ...held, status }, { reason }), 'record');
});

test('of two entries the one of the later day stands, whichever is heard first', () => {
  for (const status of ['resident', 'moved-out', 'deceased'] as const) {
    const before = { municipality: KAMAKURA, reason: 'move-in', eventDate: '2026-11-09' } as const;
    assert.equal(verdict({ ...held, status }, before), 'history');
  }
  for (const eventDate of ['2026-11-10', '2026-11-11'])
    assert.equal(
      verdict({ ...held, status: 'moved-out' }, { municipality: KAMAKURA, reason: 'move-in', eventDate }),
      'record',
    );
});

test('while one municipality has the person as a resident, no other takes them over', () => {
  for (const eventDate of ['2026-11-10', '2026-11-11'])
    assert.equal(
      verdict(held, { municipality: KAMAKURA, reason: 'move-in', eventDate }),
      'resident-elsewhere',
    );
});

test('nobody enters under a code by which the site knows another person, wherever and whenever', () => {
  const others = [
    { birthDate: '1990-05-07' },
    { birthDate: '1990-05-00' },
    { sex: 1 },
    { name: '髙橋　華子' },
  ] as const;
  for (const other of others)
    for (const status of ['resident', 'moved-out', 'removed', 'deceased'] as const)
      for (const municipality of [KIYOSE, KAMAKURA])
        for (const eventDate of ['2026-11-09', '2026-11-15'])
          for (const reason of ['move-in', 'initial-load'] as const)
            assert.equal(
              verdict({ ...held, status }, { ...other, municipality, eventDate, reason }),
              'identity-differs',
            );
  const rewritten = { name: '高橋花子', municipality: KAMAKURA, eventDate: '2026-11-15' } as const;
  assert.equal(
    verdict({ ...held, status: 'moved-out' }, rewritten),
    'record',
    'another glyph is no other person',
  );
});

test('a municipality that the person has left is heard about the time before, and about nothing after', () => {
  const from = (reason: IdentityChanged['reason'], eventDate: string): string =>
    verdict(held, { municipality: KAMAKURA, reason, eventDate });
  for (const eventDate of ['2026-11-09', '2026-11-20']) {
    assert.equal(from('move-out', eventDate), 'history');
    assert.equal(from('number-assigned', eventDate), 'history');
    assert.equal(from('death', eventDate), 'resident-elsewhere');
  }
  for (const reason of ['move-within', 'minor-correction'] as const) {
    assert.equal(from(reason, '2026-11-10'), 'history');
    assert.equal(from(reason, '2026-11-11'), 'resident-elsewhere');
  }
});

test('nobody who is recorded as deceased enters again', () => {
  for (const municipality of [KIYOSE, KAMAKURA])
    for (const reason of ENTRIES)
      assert.equal(
        verdict({ ...held, status: 'deceased' }, { municipality, reason, eventDate: '2026-11-15' }),
        'person-deceased',
      );
});

test('a load never takes a resident away from another municipality, whatever its dates', () => {
  for (const eventDate of ['2001-04-01', '2026-11-20'])
    assert.equal(
      verdict(held, { municipality: KAMAKURA, reason: 'initial-load', eventDate }),
      'resident-elsewhere',
    );
  const gone = { ...held, status: 'moved-out' } as const;
  assert.equal(
    verdict(gone, { municipality: KAMAKURA, reason: 'initial-load', eventDate: '2026-11-20' }),
    'record',
  );
});

test('a newborn’s code is new, unless the child has moved on before the birth is heard of', () => {
  const child = { ...held, birthDate: '2026-11-05' };
  const birth = {
    municipality: KAMAKURA,
    reason: 'birth',
    birthDate: '2026-11-05',
    eventDate: '2026-11-05',
  } as const;
  assert.equal(verdict(child, birth), 'history');
  assert.equal(verdict({ ...child, enteredOn: '2026-11-05' }, birth), 'history');
  assert.equal(verdict({ ...child, enteredOn: '2026-11-04' }, birth), 'resident-code-taken');
  assert.equal(verdict(held, birth), 'resident-code-taken', 'somebody who was born on another day');
  assert.equal(verdict(child, { ...birth, municipality: KIYOSE }), 'resident-code-taken');
});
