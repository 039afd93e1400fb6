import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { everything, giveCodes, ledgerEntries, superuserOf } from '../testing/behind-the-scenes.ts';
import { KIYOSE, testAccess, testCountry } from '../testing/index.ts';
import { address, anotherCode, birthWith, details, moveInWith } from '../testing/samples.ts';
import type { CounterEvent } from './decide-event.ts';
import { recordEvent } from './record-event.ts';

const YOKOHAMA = '141003';

test('a refusal changes nothing at any site and is a ledger entry with its code', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE, YOKOHAMA] });
  const { context, pseudonyms } = country;
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const record = async (event: CounterEvent) =>
    mustSucceed(await recordEvent(context, KIYOSE, testAccess, `set-up-${anotherCode()}`, event), 'set-up');
  const here = (await record(moveInWith())).residentCode;
  const gone = (await record(moveInWith())).residentCode;
  await record({ reason: 'move-out', residentCode: gone, eventDate: '2026-11-15', destination: '海外' });
  const dead = (await record(moveInWith())).residentCode;
  await record({ reason: 'death', residentCode: dead, eventDate: '2026-11-15' });
  const stranger = anotherCode();
  await country.settle();

  const eventDate = '2026-11-20';
  const move = { reason: 'move-within', eventDate, address: { ...address, lot: '1番地' } } as const;
  const out = { reason: 'move-out', eventDate, destination: '海外' } as const;
  const refused: readonly (readonly [code: string, subject: string, event: CounterEvent, at?: string])[] = [
    ['resident-not-found', stranger, { ...move, residentCode: stranger }],
    ['resident-not-found', stranger, birthWith({ parentResidentCode: stranger })],
    ['resident-not-current', gone, { ...out, residentCode: gone }],
    ['resident-not-current', dead, moveInWith({ residentCode: dead })],
    ['resident-already-current', here, moveInWith({ residentCode: here })],
    ['parent-not-current', gone, birthWith({ parentResidentCode: gone })],
    ['event-date-invalid', here, { ...out, residentCode: here, eventDate: '2026-11-31' }],
    ['event-in-the-future', here, { ...out, residentCode: here, eventDate: '2026-11-21' }],
    ['event-before-birth', here, { reason: 'death', residentCode: here, eventDate: '1990-05-05' }],
    ['event-before-entry', here, { reason: 'death', residentCode: here, eventDate: '2026-11-09' }],
    ['event-before-move-out', gone, moveInWith({ residentCode: gone, eventDate: '2026-11-14' })],
    ['birth-date-invalid', '', moveInWith({ details: { ...details, birthDate: '1990-13-01' } })],
    ['address-unchanged', here, { ...move, residentCode: here, address }],
    ['correction-changes-nothing', here, { reason: 'minor-correction', residentCode: here, eventDate }],
    ['ward-unknown', here, { ...move, residentCode: here, address: { ...address, wardCode: '141046' } }],
    ['ward-unknown', '', moveInWith({ address: { ...address, wardCode: '132217' } })],
    ['ward-unknown', '', moveInWith(), YOKOHAMA], // a designated city’s address has a ward
    ['resident-code-malformed', '123', moveInWith({ residentCode: '123' })],
    ['resident-code-check-digit', '24727059600', moveInWith({ residentCode: '24727059600' })],
    ['household-not-found', '', moveInWith({ joins: { householdNumber: '1', relationship: '妻' } })],
    ['household-not-found', here, { ...move, residentCode: here, householdNumber: '1' }],
    ['text-refused', '', moveInWith({ details: { ...details, name: '髙橋\u202e花子' } })],
    ['text-refused', '', moveInWith({ address: { ...address, town: '中里\u0000' } })],
    ['text-refused', '', moveInWith({ joins: { householdNumber: '1', relationship: '\ud800' } })],
    ['text-refused', here, { ...out, residentCode: here, destination: '海外\u200b' }],
    ['text-refused', here, { reason: 'minor-correction', residentCode: here, eventDate, name: '外\ue000字' }],
    ['text-refused', here, birthWith({ parentResidentCode: here, nameKana: 'ア'.repeat(401) })],
  ];
  const before = await everything(sql);
  const entriesBefore = (await ledgerEntries(sql)).length;
  for (const [index, [code, , event, municipality = KIYOSE]] of refused.entries()) {
    const result = await recordEvent(context, municipality, testAccess, `refused-${index}`, event);
    assert.equal(result.ok ? 'recorded' : result.failure.code, code, `${index} ${event.reason}`);
    if (!result.ok)
      assert.doesNotMatch(result.failure.detail, /髙橋|花子|中里|\d{11}/, 'the refusal quotes the record');
  }
  await country.settle();
  assert.deepEqual(await everything(sql), before);
  const entries = await ledgerEntries(sql, entriesBefore);
  assert.deepEqual(
    entries.map(({ site, subject, result }) => [site, subject, result]),
    refused.map(([code, subject, , municipality = KIYOSE]) => {
      const site = `municipal/${municipality}`;
      return [site, pseudonyms.of(site, subject).toString('hex'), code];
    }),
  );
});

test('a request id is good for one event: again it answers the same, for any other event it is refused', async (t) => {
  const country = await testCountry(t);
  const { context } = country;
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const send = async (requestId: string, event: CounterEvent) =>
    recordEvent(context, KIYOSE, testAccess, requestId, event);
  const parent = mustSucceed(await send('request-1', moveInWith()), 'move-in');
  const birth = birthWith({ parentResidentCode: parent.residentCode });
  const child = mustSucceed(await send('request-2', birth), 'birth');
  await country.settle();
  const before = await everything(sql);
  assert.deepEqual(mustSucceed(await send('request-1', moveInWith()), 'again'), parent);
  assert.deepEqual(mustSucceed(await send('request-2', { ...birth }), 'again'), child);
  const { relationship, ...rest } = birth; // the order of the fields says nothing
  assert.deepEqual(mustSucceed(await send('request-2', { relationship, ...rest }), 'again'), child);
  const entriesBefore = (await ledgerEntries(sql)).length;

  const { residentCode } = parent;
  const others: readonly CounterEvent[] = [
    { ...birth, name: '髙橋　茜' }, // the twin
    { ...birth, eventDate: '2026-11-17' },
    { ...birth, parentResidentCode: child.residentCode },
    moveInWith(),
    { reason: 'death', residentCode, eventDate: birth.eventDate },
  ];
  for (const event of others) {
    const result = await send('request-2', event);
    assert.equal(result.ok ? 'recorded' : result.failure.code, 'request-id-reused', JSON.stringify(event));
  }
  const someoneElse = moveInWith({ details: { ...details, name: '山田　太郎' } });
  const result = await send('request-1', someoneElse);
  assert.equal(result.ok ? 'recorded' : result.failure.code, 'request-id-reused');
  assert.deepEqual(await everything(sql), before);
  const entries = await ledgerEntries(sql, entriesBefore);
  assert.deepEqual(
    entries.map((entry) => entry.result),
    Array.from({ length: 6 }, () => 'request-id-reused'),
  );
});
