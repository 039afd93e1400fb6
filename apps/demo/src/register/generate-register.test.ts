import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { charactersOf, findGlyph, isJisX0208 } from '@ishizue/text';
import { ageOn, dayOf } from './calendar-day.ts';
import { generateRegister, type RegisterOptions } from './generate-register.ts';
import type { RegisterRow } from './register-row.ts';
import { readTowns } from './towns.ts';

const AS_OF = '2026-04-01';
const directory = new MunicipalityDirectory(bundledReference());
const options = (change: Partial<RegisterOptions> = {}): RegisterOptions => ({
  municipality: '132217',
  people: 2_000,
  seed: 'test',
  asOf: AS_OF,
  ...change,
});
const rowsOf = (change?: Partial<RegisterOptions>): Promise<RegisterRow[]> =>
  Array.fromAsync(generateRegister(options(change)));
const sample = await rowsOf({ people: 30_000, municipality: '141003' });
const households = [...Map.groupBy(sample, (row) => row.household_number).values()];
const isWhole = (date: string) => !date.includes('-00');
const share = (rows: readonly RegisterRow[], condition: (row: RegisterRow) => boolean) =>
  rows.filter(condition).length / rows.length;

test('the same options give the same people, another seed or municipality gives others', async () => {
  const people = await rowsOf();
  assert.deepEqual(await rowsOf(), people);
  const names = (rows: readonly RegisterRow[]) => rows.slice(0, 50).map((row) => row.name);
  assert.notDeepEqual(names(await rowsOf({ seed: 'other' })), names(people));
  assert.notDeepEqual(names(await rowsOf({ municipality: '142042' })), names(people));
});

test('a register has exactly as many residents as were asked for, from none up', async () => {
  for (const people of [0, 1, 2, 3, 7, 1_000]) assert.equal((await rowsOf({ people })).length, people);
});

test('resident numbers are ten digits and unique; households are together and have numbers of their own', () => {
  assert.equal(new Set(sample.map((row) => row.resident_number)).size, sample.length);
  assert.ok(
    sample.every((row) => /^\d{10}$/.test(row.resident_number) && /^\d{10}$/.test(row.household_number)),
  );
  const changes = sample.filter((row, index) => row.household_number !== sample[index - 1]?.household_number);
  assert.equal(changes.length, households.length);
});

test('each household has exactly one 世帯主, who is an adult and stands first', () => {
  for (const household of households) {
    const heads = household.filter((row) => row.relationship === '世帯主');
    assert.equal(heads.length, 1);
    assert.equal(household[0], heads[0]);
    const birth = heads[0]?.birth_date ?? '';
    if (isWhole(birth)) assert.ok(ageOn(dayOf(birth), dayOf(AS_OF)) >= 18, birth);
  }
});

test('parents are at least fifteen years older than their children, wives and husbands of age and of the other sex', () => {
  const sexOf: Record<string, string> = {
    妻: '2',
    夫: '1',
    父: '1',
    母: '2',
    弟: '1',
    妹: '2',
    子の妻: '2',
    子の夫: '1',
  };
  const checked = new Set<string>();
  for (const household of households) {
    const of = (...relationships: string[]) =>
      household.filter((row) => relationships.includes(row.relationship));
    const generations: readonly (readonly [parents: RegisterRow[], children: RegisterRow[]])[] = [
      [of('世帯主', '妻', '夫'), of('子')],
      [of('子', '子の妻', '子の夫'), of('子の子')],
      [of('父', '母'), of('世帯主')],
      [of('妻の父', '妻の母'), of('妻')],
      [of('夫の父', '夫の母'), of('夫')],
    ];
    for (const [parents, children] of generations)
      for (const parent of parents)
        for (const child of children)
          if (isWhole(parent.birth_date) && isWhole(child.birth_date)) {
            assert.ok(ageOn(dayOf(parent.birth_date), dayOf(child.birth_date)) >= 15);
            checked.add(child.relationship);
          }
    for (const row of household) {
      const sex = sexOf[row.relationship];
      if (sex !== undefined && row.sex !== '3') assert.equal(row.sex, sex);
      if (row.relationship === '妻' && isWhole(row.birth_date))
        assert.ok(ageOn(dayOf(row.birth_date), dayOf(AS_OF)) >= 18);
    }
  }
  assert.deepEqual([...checked].sort(), ['世帯主', '夫', '妻', '子', '子の子'].sort());
});

test('nobody is resident before birth, at an address before being resident, or from after the day of the register', () => {
  for (const row of sample) {
    if (isWhole(row.birth_date)) assert.ok(row.birth_date <= row.became_resident_on);
    assert.ok(row.became_resident_on <= row.address_fixed_on);
    assert.ok(row.address_fixed_on <= AS_OF);
    if (row.previous_address === '') assert.equal(row.became_resident_on, row.address_fixed_on);
  }
});

test('every town is a real one of the municipality, with its postal code and its ward of the day', async () => {
  const towns = await readTowns(directory, AS_OF);
  for (const municipality of ['141003', '221309', '134015', '132217']) {
    const known = new Set(
      towns.get(municipality)?.map((town) => town.postalCode + town.name + town.wardCode),
    );
    const wards = directory.wardsOf(municipality, AS_OF).map((ward) => ward.code);
    const rows = municipality === '141003' ? sample : await rowsOf({ municipality });
    for (const row of rows) {
      assert.ok(known.has(row.postal_code + row.town + row.ward_code), row.town);
      assert.match(row.lot, /^\d+(番地(\d+)?|番\d+号)$/);
    }
    assert.deepEqual([...new Set(rows.map((row) => row.ward_code))].sort(), wards.length > 0 ? wards : ['']);
  }
});

test('a village that is one postal area has lots without towns', async () => {
  const rows = await rowsOf({ municipality: '133621', people: 50 });
  assert.equal(directory.getMunicipality('133621').name, '利島村');
  assert.ok(rows.every((row) => row.town === '' && row.lot !== ''));
});

test('ages follow the pyramid of the country within one and a half points in each ten years', () => {
  const ages = sample
    .filter((row) => isWhole(row.birth_date))
    .map((row) => ageOn(dayOf(row.birth_date), dayOf(AS_OF)));
  // estimate of 1 October 2024 in per cent: 0–9, 10–19, …, 90 and more
  const expected = [7.1, 8.7, 10.3, 10.8, 13.3, 14.6, 11.9, 12.9, 8, 2.3];
  for (const [decade, per_cent] of expected.entries()) {
    const found =
      (ages.filter((age) => Math.min(Math.floor(age / 10), 9) === decade).length / ages.length) * 100;
    assert.ok(Math.abs(found - per_cent) < 1.5, `${decade}0s: ${found.toFixed(1)} for ${per_cent}`);
  }
});

test('sexes, foreign residents, aliases, former surnames and household sizes are as usual in a city', () => {
  const between = (value: number, low: number, high: number) =>
    assert.ok(low <= value && value <= high, `${value} is not between ${low} and ${high}`);
  between(
    share(sample, (row) => row.sex === '2'),
    0.49,
    0.54,
  );
  between(
    share(sample, (row) => row.nationality !== 'JPN'),
    0.018,
    0.034,
  );
  between(
    share(sample, (row) => row.former_surname !== ''),
    0.003,
    0.02,
  );
  between(sample.length / households.length, 1.9, 2.3);
  const foreign = sample.filter((row) => row.nationality !== 'JPN');
  between(
    share(foreign, (row) => row.alias !== ''),
    0.04,
    0.25,
  );
  between(
    share(sample, (row) => row.name.startsWith('佐藤')),
    0.01,
    0.03,
  );
});

test('foreign residents have a status, no family register, and an end of stay unless permanent', () => {
  for (const row of sample) {
    if (row.nationality === 'JPN') {
      assert.equal(row.residence_status + row.stay_expires_on + row.alias, '');
      assert.ok(row.domicile !== '' && row.family_register_head.includes('　'));
    } else {
      assert.match(row.nationality, /^[A-Z]{3}$/);
      assert.notEqual(row.residence_status, '');
      assert.equal(row.domicile + row.family_register_head + row.former_surname, '');
      const isPermanent = ['永住者', '特別永住者', '高度専門職２号'].includes(row.residence_status);
      assert.equal(row.stay_expires_on === '', isPermanent);
      if (!isPermanent) assert.ok(row.stay_expires_on > AS_OF);
    }
  }
});

test('nobody is a dependant of somebody whose status admits none', () => {
  const dependants = households.filter((household) =>
    household.some((row) => row.residence_status === '家族滞在'),
  );
  assert.ok(dependants.length > 10);
  for (const [head] of dependants)
    assert.doesNotMatch(head?.residence_status ?? '', /^(特定技能１号|技能実習２号|)$/);
});

test('names have U+3000 once between family and given name, and a reading in katakana', () => {
  for (const row of sample) {
    assert.match(row.name, /^[^　]+　[^　]+$/);
    assert.match(row.name_kana, /^[ァ-ヴー]+　[ァ-ヴー]+$/);
    assert.equal(row.alias === '', row.alias_kana === '');
    assert.equal(row.former_surname === '', row.former_surname_kana === '');
  }
});

test('some names have characters that JIS X 0208 lacks, and each of those is a glyph of the MJ list', () => {
  const rare = new Set(
    sample.flatMap((row) => charactersOf(row.name)).filter((one) => !/^[ -~]$/.test(one) && !isJisX0208(one)),
  );
  for (const character of ['髙', '﨑', '𠮷', '\uFA10', `辻${String.fromCodePoint(0xe0102)}`])
    assert.ok(rare.has(character), character);
  for (const character of rare) assert.ok(findGlyph(character), character);
});

test('a few birth dates are partial, in all three forms, and only of the very old and of foreign residents', async () => {
  const partial = sample.filter((row) => !isWhole(row.birth_date));
  assert.ok(partial.length > 0 && partial.length < sample.length * 0.002);
  for (const row of partial) {
    assert.match(row.birth_date, /^\d{4}-\d{2}-00$|^\d{4}-00-00$|^0000-00-00$/);
    assert.ok(row.nationality !== 'JPN' || row.birth_date < '1930' || row.birth_date === '0000-00-00');
  }
});

test('namesakes born on the same day are as many as were asked for, and none are made otherwise', async () => {
  const people = 20_000;
  const shared = async (namesakeRate: number) => {
    const rows = await rowsOf({ people, namesakeRate });
    const groups = Map.groupBy(rows, (row) => [row.name, row.name_kana, row.sex, row.birth_date].join());
    return rows.length - groups.size;
  };
  assert.ok((await shared(0)) <= 5, 'chance alone makes hardly any');
  const asked = 0.02 * people;
  const made = await shared(0.02);
  assert.ok(Math.abs(made - asked) < asked * 0.05, `${made} for ${asked}`);
});

test('options that make no sense are refused at once', () => {
  const refused: readonly Partial<RegisterOptions>[] = [
    { municipality: '132218' },
    { municipality: '141046' },
    { asOf: '2026-02-30' },
    { people: -1 },
    { people: 1.5 },
    { badRows: -1 },
    { namesakeRate: 0.5 },
    { namesakeRate: Number.NaN },
  ];
  for (const change of refused)
    assert.throws(() => generateRegister(options(change)), Error, JSON.stringify(change));
});

test('a register is streamed: memory does not grow with it', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  let count = 0;
  let early = 0;
  let late = 0;
  for await (const row of generateRegister(options({ people: 100_000, namesakeRate: 0.01 }))) {
    assert.ok(row.name);
    count++;
    if (count === 20_000) early = heap();
    if (count === 100_000) late = heap();
  }
  assert.ok(late - early < 4_000_000, `${late - early} bytes more after 80,000 more residents`);
});
