/**
 * What a photograph for a card has to be (domain rules 5.1: 45 × 35 mm, at most six months old, front, no hat, plain background;
 * the bounds in pixels and octets are J-LIS's for files). What is counted or dated refuses; what a program guesses from
 * pixels (face, pose, background, light) is for an officer to look at, with the number and its bound. By the day of receipt.
 */
import type { IsoDate } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import type { PictureMeasures } from '@ishizue/photo';
import { DatedRules } from '@ishizue/rules';
import { calendarDate, daysInMonth, formatIso } from '@ishizue/text';
import { hasAge } from '../card/birthday.ts';
import { datedBirth } from '../card/card-expiry.ts';

export const PHOTO_FINDINGS = [
  'photo-file-small',
  'photo-pixels',
  'photo-proportions',
  'photo-old',
  'photo-in-future',
  'photo-undated',
  'photo-no-face',
  'photo-several-faces',
  'photo-head-small',
  'photo-head-large',
  'photo-head-cut',
  'photo-off-centre',
  'photo-tilted',
  'photo-turned',
  'photo-eyes-closed',
  'photo-background',
  'photo-dark',
  'photo-bright',
  'photo-blurred',
  'photo-of-another-application',
] as const;
export type PhotoFindingCode = (typeof PHOTO_FINDINGS)[number];

/** `refuses`: the photograph cannot be taken. `look`: an officer decides. */
export interface PhotoFinding {
  readonly code: PhotoFindingCode;
  readonly weight: 'refuses' | 'look';
  readonly value: number;
  readonly bound: number;
}

interface PhotoRule {
  readonly bytes_min: number;
  readonly edge_min: number;
  readonly edge_max: number;
  /** Width by height, and how far it may be off, as a share. */
  readonly proportion: number;
  readonly proportion_off_max: number;
  readonly age_months_max: number;
  /** Whoever is younger gets a card without a photograph. */
  readonly from_age: number;
}

const FILE_RULE = {
  bytes_min: 20_480,
  edge_min: 480,
  edge_max: 6000,
  proportion: 35 / 45,
  proportion_off_max: 0.04, // decided: pictures of 3:4 are cut
  age_months_max: 6,
} as const;

const PHOTO_RULES = new DatedRules<PhotoRule>('photographs for cards', [
  {
    validFrom: '2016-01-01',
    validTo: '2024-12-01',
    source:
      'J-LIS 顔写真のチェックポイント: 20 KB to 7 MB, 480 to 6,000 pixels an edge, six months; 45 × 35 mm',
    rule: { ...FILE_RULE, from_age: 0 },
  },
  {
    validFrom: '2024-12-02',
    source: 'the same; from 2 December 2024 no photograph of whoever is not one year old',
    rule: { ...FILE_RULE, from_age: 1 },
  },
]);

/** Bounds of what is guessed; ours, set on the pictures of the tests and some more. */
const LOOK = {
  face_min: 0.4,
  head_min: 0.5,
  head_max: 0.85,
  above_min: 0.01,
  aside_max: 0.12,
  tilt_degrees_max: 8,
  turned_max: 0.25,
  eyes_open_min: 0.17,
  strange_max: 0.12,
  edges_max: 0.03,
  mean_min: 60,
  mean_max: 210,
  bright_max: 0.25,
  sharpness_min: 60,
} as const;

/** Whether a card of this person has a photograph; unknown birth dates have. */
export function needsPhoto(birthDate: string, receivedOn: IsoDate): boolean {
  const birth = datedBirth(birthDate);
  const { from_age } = PHOTO_RULES.get(receivedOn);
  return from_age === 0 || birth === undefined || hasAge(birth, from_age, receivedOn);
}

/** Everything that is to be said of a photograph, the refusing first. @param twins open applications of others with its like */
export function photoFindings(
  measures: PictureMeasures,
  receivedOn: IsoDate,
  twins: number,
): readonly PhotoFinding[] {
  const rule = PHOTO_RULES.get(receivedOn);
  return [
    ...fileFindings(measures, rule),
    ...dateFindings(measures.takenOn, receivedOn, rule),
    ...faceFindings(measures),
    ...pixelFindings(measures),
    ...above('photo-of-another-application', 'look', twins, 0),
  ].toSorted((one, other) => Number(one.weight === 'look') - Number(other.weight === 'look'));
}

type Weight = PhotoFinding['weight'];

const above = (
  code: PhotoFindingCode,
  weight: Weight,
  value: number,
  bound: number,
): readonly PhotoFinding[] => (value > bound ? [{ code, weight, value, bound }] : []);
const below = (
  code: PhotoFindingCode,
  weight: Weight,
  value: number,
  bound: number,
): readonly PhotoFinding[] => (value < bound ? [{ code, weight, value, bound }] : []);

function fileFindings({ bytes, width, height }: PictureMeasures, rule: PhotoRule): readonly PhotoFinding[] {
  const off = Math.round(Math.abs(width / height / rule.proportion - 1) * 1000) / 1000;
  return [
    ...below('photo-file-small', 'refuses', bytes, rule.bytes_min),
    ...below('photo-pixels', 'refuses', Math.min(width, height), rule.edge_min),
    ...above('photo-pixels', 'refuses', Math.max(width, height), rule.edge_max),
    ...above('photo-proportions', 'refuses', off, rule.proportion_off_max),
  ];
}

/** The camera's clock has no zone: a day more is no future. A date that no calendar has is none. */
function dateFindings(takenOn: string | null, receivedOn: IsoDate, rule: PhotoRule): readonly PhotoFinding[] {
  if (takenOn === null || !calendarDate(takenOn).ok)
    return [{ code: 'photo-undated', weight: 'look', value: 0, bound: 0 }];
  const age_days = daysBetween(takenOn, receivedOn);
  const age_days_max = daysBetween(monthsBefore(receivedOn, rule.age_months_max), receivedOn);
  return [
    ...below('photo-in-future', 'refuses', age_days, -1),
    ...above('photo-old', 'refuses', age_days, age_days_max),
  ];
}

const DAY_MS = 86_400_000;
const daysBetween = (from: IsoDate, to: IsoDate): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

function monthsBefore(date: IsoDate, months: number): IsoDate {
  const { year, month, day } = mustSucceed(calendarDate(date), 'the day of receipt');
  const count = year * 12 + month - 1 - months;
  const [toYear, toMonth] = [Math.floor(count / 12), (count % 12) + 1];
  return formatIso({ year: toYear, month: toMonth, day: Math.min(day, daysInMonth(toYear, toMonth)) });
}

function faceFindings({ faces, head }: PictureMeasures): readonly PhotoFinding[] {
  const sure = faces.filter((score) => score >= LOOK.face_min).length;
  if (sure === 0 || !head) return below('photo-no-face', 'look', faces[0] ?? 0, LOOK.face_min);
  if (sure > 1) return above('photo-several-faces', 'look', sure, 1);
  return [
    ...below('photo-head-small', 'look', head.height, LOOK.head_min),
    ...above('photo-head-large', 'look', head.height, LOOK.head_max),
    ...below('photo-head-cut', 'look', head.above, LOOK.above_min),
    ...above('photo-off-centre', 'look', Math.abs(head.aside), LOOK.aside_max),
    ...above('photo-tilted', 'look', Math.abs(head.tilt_degrees), LOOK.tilt_degrees_max),
    ...above('photo-turned', 'look', head.turned, LOOK.turned_max),
    ...below('photo-eyes-closed', 'look', head.eyes_open, LOOK.eyes_open_min),
  ];
}

function pixelFindings({ background, light, sharpness }: PictureMeasures): readonly PhotoFinding[] {
  const strange = above('photo-background', 'look', background.strange, LOOK.strange_max);
  const bright = above('photo-bright', 'look', light.mean, LOOK.mean_max);
  return [
    ...(strange.length > 0 ? strange : above('photo-background', 'look', background.edges, LOOK.edges_max)),
    ...below('photo-dark', 'look', light.mean, LOOK.mean_min),
    ...(bright.length > 0 ? bright : above('photo-bright', 'look', light.bright, LOOK.bright_max)),
    ...below('photo-blurred', 'look', sharpness, LOOK.sharpness_min),
  ];
}
