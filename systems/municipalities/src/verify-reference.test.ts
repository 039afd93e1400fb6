import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledReference } from './bundled-reference.ts';
import type { Municipality, MunicipalityReference, Ward } from './municipality.ts';
import { type ReferenceFailure, verifyReference } from './verify-reference.ts';

const sound = bundledReference();
const municipality = (change: Partial<Municipality>, code = '132217'): MunicipalityReference => ({
  ...sound,
  municipalities: sound.municipalities.map((place) =>
    place.code === code ? { ...place, ...change } : place,
  ),
});
const ward = (change: Partial<Ward>, code = '221350'): MunicipalityReference => ({
  ...sound,
  wards: sound.wards.map((place) => (place.code === code ? { ...place, ...change } : place)),
});

const planted: readonly (readonly [
  what: string,
  reference: MunicipalityReference,
  code: ReferenceFailure,
])[] = [
  ['a wrong check digit', municipality({ code: '132218' }), 'municipality-code-check-digit-wrong'],
  ['a wrong check digit of a ward', ward({ code: '221351' }), 'municipality-code-check-digit-wrong'],
  [
    'a wrong check digit of a prefecture',
    {
      ...sound,
      prefectures: sound.prefectures.map((place) => ({ ...place, fullCode: `${place.code}0000` })),
    },
    'municipality-code-check-digit-wrong',
  ],
  ['five digits of another place', municipality({ fiveDigits: '13222' }), 'municipality-code-malformed'],
  ['a code that stands twice', municipality({ code: '131016', fiveDigits: '13101' }), 'reference-code-twice'],
  ['hiragana', municipality({ kana: 'きよせし' }), 'reference-name-malformed'],
  ['a name with a space', municipality({ name: '清瀬 市' }), 'reference-name-malformed'],
  ['an empty romaji', municipality({ romaji: '' }), 'reference-name-malformed'],
  ['a suffix with a capital', municipality({ romaji: 'Kiyose-Shi' }), 'reference-name-malformed'],
  ['another prefecture', municipality({ prefecture: '14' }), 'reference-parent-missing'],
  [
    'a prefecture that is not there',
    { ...sound, prefectures: sound.prefectures.slice(1) },
    'reference-parent-missing',
  ],
  ['a ward of a city without wards', ward({ municipality: '222054' }), 'reference-parent-missing'],
  ['a ward of a city elsewhere', ward({ municipality: '141003' }), 'reference-parent-missing'],
  ['a town named city', municipality({ kind: 'town' }), 'reference-kind-impossible'],
  ['an end before the beginning', ward({ validTo: '2007-03-31' }), 'reference-validity-impossible'],
  ['a successor that is not there', ward({ successors: ['011011'] }), 'reference-successor-impossible'],
  ['a ward that succeeds itself', ward({ successors: ['221350'] }), 'reference-successor-impossible'],
  ['a successor of a ward that goes on', ward({ validTo: undefined }), 'reference-successor-impossible'],
];

for (const [what, reference, code] of planted)
  test(`the gate refuses ${what}`, () => {
    const verified = verifyReference(reference);
    assert.equal(verified.ok ? 'accepted' : verified.failure.code, code);
  });
