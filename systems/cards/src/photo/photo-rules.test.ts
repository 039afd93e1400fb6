import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PictureMeasures } from '@ishizue/photo';
import { needsPhoto, photoFindings } from './photo-rules.ts';

const ON = '2026-08-31';
const head = { height: 0.7, above: 0.1, aside: 0, tilt_degrees: 2, turned: 0.05, eyes_open: 0.3 };
const GOOD: PictureMeasures = {
  kind: 'jpeg',
  bytes: 60_000,
  width: 560,
  height: 720,
  takenOn: '2026-08-01',
  faces: [0.9],
  head,
  background: { strange: 0, edges: 0 },
  light: { mean: 140, bright: 0, dark: 0 },
  sharpness: 400,
  likeness: '0123456789abcdef',
};

const found = (measures: Partial<PictureMeasures>, twins = 0): readonly string[] =>
  photoFindings({ ...GOOD, ...measures }, ON, twins).map(({ code, weight }) => `${weight} ${code}`);

test('each rule bites on its own side of its bound, and on nothing else', () => {
  assert.deepEqual(found({}), []);
  const cases: readonly (readonly [Partial<PictureMeasures>, string])[] = [
    [{ bytes: 20_479 }, 'refuses photo-file-small'],
    [{ width: 479, height: 616 }, 'refuses photo-pixels'],
    [{ width: 4700, height: 6001 }, 'refuses photo-pixels'],
    [{ width: 720, height: 720 }, 'refuses photo-proportions'],
    [{ width: 600, height: 720 }, 'refuses photo-proportions'],
    [{ takenOn: '2026-02-27' }, 'refuses photo-old'],
    [{ takenOn: '2026-09-02' }, 'refuses photo-in-future'],
    [{ takenOn: null }, 'look photo-undated'],
    [{ takenOn: '2026-02-30' }, 'look photo-undated'],
    [{ faces: [0.39] }, 'look photo-no-face'],
    [{ faces: [], head: null }, 'look photo-no-face'],
    [{ faces: [0.9, 0.4] }, 'look photo-several-faces'],
    [{ head: { ...head, height: 0.49 } }, 'look photo-head-small'],
    [{ head: { ...head, height: 0.86 } }, 'look photo-head-large'],
    [{ head: { ...head, above: 0 } }, 'look photo-head-cut'],
    [{ head: { ...head, aside: -0.13 } }, 'look photo-off-centre'],
    [{ head: { ...head, tilt_degrees: -8.1 } }, 'look photo-tilted'],
    [{ head: { ...head, turned: 0.26 } }, 'look photo-turned'],
    [{ head: { ...head, eyes_open: 0.16 } }, 'look photo-eyes-closed'],
    [{ background: { strange: 0.13, edges: 0.1 } }, 'look photo-background'],
    [{ background: { strange: 0, edges: 0.04 } }, 'look photo-background'],
    [{ light: { mean: 59, bright: 0, dark: 0 } }, 'look photo-dark'],
    [{ light: { mean: 211, bright: 0.5, dark: 0 } }, 'look photo-bright'],
    [{ light: { mean: 180, bright: 0.3, dark: 0 } }, 'look photo-bright'],
    [{ sharpness: 59 }, 'look photo-blurred'],
  ];
  for (const [measures, code] of cases) assert.deepEqual(found(measures), [code], JSON.stringify(measures));
  assert.deepEqual(found({}, 1), ['look photo-of-another-application']);
  // on the bound nothing is found: a last day, a day of another zone, a picture of 3:4
  for (const measures of [
    { takenOn: '2026-02-28' },
    { takenOn: '2026-09-01' },
    { width: 540, height: 720 },
    { bytes: 20_480 },
    { faces: [0.9, 0.39] },
  ])
    assert.deepEqual(found(measures), [], JSON.stringify(measures));
});

test('what refuses comes first, each with its number and its bound', () => {
  const all = photoFindings({ ...GOOD, sharpness: 1, bytes: 1 }, ON, 2);
  assert.deepEqual(
    all.map(({ code, value, bound }) => [code, value, bound]),
    [
      ['photo-file-small', 1, 20_480],
      ['photo-blurred', 1, 60],
      ['photo-of-another-application', 2, 0],
    ],
  );
});

test('whoever is not one year old has no photograph, from 2 December 2024', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['2024-06-01', '2024-12-01', true],
    ['2024-06-01', '2024-12-02', false],
    ['2024-06-01', '2025-05-31', false],
    ['2024-06-01', '2025-06-01', true],
    ['2024-02-29', '2025-02-28', false],
    ['2024-02-29', '2025-03-01', true],
    ['0000-00-00', '2025-03-01', true],
  ];
  for (const [birth, on, needed] of cases) assert.equal(needsPhoto(birth, on), needed, `${birth} on ${on}`);
});
