/**
 * A changed resident code through the whole house, wired as it runs: three tiers, numbering, JPKI, cards, kiosk,
 * supplementary register. Flow:
 * docs/flows/code-change.md.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cardInReader, openSoftwareCard } from '@ishizue/card';
import { applyForCard, handOverInHouse, makeCard, revokeDueCertificates } from '@ishizue/cards';
import { findRequest, liftStop, openRequest, setStop, submitRequest } from '@ishizue/certificates';
import { inTransaction } from '@ishizue/db';
import { openTickets } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { findOverseasPerson, recordEntryAct } from '@ishizue/overseas';
import { type Access, findPerson, printCodeNotices, recordEvent } from '@ishizue/registry';
import { samplePerson } from '@ishizue/registry/testing';
import { readConfiguration } from './configuration.ts';
import { type Country, openCountry } from './country.ts';
import { openedData } from './testing/index.ts';

const KIYOSE = '132217';
const PIN = '1234';
const access: Access = {
  actorKind: 'operator',
  actor: 'o-test',
  terminal: 't-1',
  article: '住民基本台帳法 第30条の4',
  affair: 'resident-registration',
  correlation: 'test',
};
const wish = {
  class: 'resident-record',
  extent: 'person',
  withRelationship: false,
  withDomicile: false,
} as const;

async function enter(country: Country, name: string, birthDate: string): Promise<string> {
  const entry = () =>
    recordEvent(country.systems.registry, KIYOSE, access, `enter-${birthDate}`, {
      reason: 'move-in',
      residentCode: null,
      individualNumber: null,
      eventDate: '2026-11-10',
      details: {
        ...samplePerson,
        name,
        nameKana: 'キヨセ',
        birthDate,
        domicile: '東京都清瀬市中里一丁目1番',
        familyRegisterHead: name,
      },
      address: { wardCode: null, postalCode: null, town: '元町一丁目', lot: '4番5号', building: null },
      previousAddress: '大阪府大阪市北区',
    });
  if (!(await entry()).ok) await country.settle(20_000); // the first one asks for codes
  const { residentCode } = mustSucceed(await entry(), name);
  await country.settle(20_000);
  await enterInFamilyRegister(country, residentCode, name, birthDate);
  return residentCode;
}

/** Enters the person in the supplementary register; the notice of the move-in waited for that. */
async function enterInFamilyRegister(
  country: Country,
  residentCode: string,
  name: string,
  birthDate: string,
) {
  const entered = await recordEntryAct(country.systems.overseas, KIYOSE, access, {
    act: 'enter',
    residentCode,
    eventDate: '2026-11-10',
    familyRegister: '東京都清瀬市中里一丁目1番',
    familyRegisterHead: name,
    name,
    birthDate,
    sex: 2,
    address: '東京都清瀬市元町一丁目4番5号',
    addressFixedOn: '2026-11-10',
  });
  mustSucceed(entered, 'the entry of the supplementary register');
  for (const { id } of await openTickets(country.database.pool('link'), 10))
    mustSucceed(await country.receivers.retryTicket(id), 'tried again');
  await country.settle(20_000);
}

/** What the nation's identity data of the supplementary register answer; who lives in Japan is not an overseas mover. */
async function heldOverseas(country: Country, residentCode: string): Promise<string> {
  const forMovers = { ...access, affair: 'overseas-card' };
  const found = await findOverseasPerson(country.systems.overseas, forMovers, residentCode);
  return found.ok ? 'overseas-mover' : found.failure.code;
}

async function giveCard(country: Country, residentCode: string, requestId: string) {
  const { cards, workshop } = country.systems;
  const applied = mustSucceed(
    await applyForCard(cards, access, { requestId, residentCode }),
    'the application',
  );
  const { cardId } = mustSucceed(
    await makeCard(cards, access, applied.applicationId, workshop),
    'the making',
  );
  const card = await openSoftwareCard(country.directory.cards, cardId);
  const inReader = cardInReader(card, { authentication: PIN });
  const handed = await handOverInHouse(cards, access, { cardId, inReader, oldCard: 'returned' });
  mustSucceed(handed, 'the hand-over');
  return card;
}

/** What becomes of a request at the kiosk with the card: `rendered`, or why not. */
async function atKiosk(country: Country, card: Awaited<ReturnType<typeof giveCard>>): Promise<string> {
  const { certificates } = country.systems;
  const { requestId, challenge } = mustSucceed(
    await openRequest(certificates, 'k-test', wish),
    'the request',
  );
  const signature = mustSucceed(await card.sign('authentication', PIN, challenge), 'the signature');
  const certificate = mustSucceed(await card.readCertificate('authentication'), 'the certificate');
  const submitted = await submitRequest(certificates, requestId, { certificate, signature });
  if (!submitted.ok) return submitted.failure.code;
  for (let tries = 0; tries < 400; tries++) {
    const view = mustSucceed(await findRequest(certificates, requestId), 'the request');
    if (view.state !== 'routed') return view.code ?? view.state;
    await sleep(25);
  }
  return 'never answered';
}

test('the number stays, the card ends and is made anew, a stop holds on, and nobody else is touched', async (t) => {
  const country = await openCountry({
    configuration: readConfiguration({
      ISHIZUE_DATA: await openedData(t),
      ISHIZUE_DEMONSTRATION: 'off',
      ISHIZUE_KIOSK_HOURS: 'always',
    }),
    municipalities: [KIYOSE],
  });
  t.after(() => country.close());
  const { registry, cards, certificates } = country.systems;
  const [old, other] = [
    await enter(country, '清瀬　花子', '1980-02-17'),
    await enter(country, '清瀬　太郎', '1970-01-01'),
  ];
  const numberOf = async (code: string) => {
    const person = await findPerson(registry, access, code);
    return person && registry.numbers.openRow(person).individualNumber;
  };
  const [number, othersNumber] = [await numberOf(old), await numberOf(other)];
  assert.match(`${number} ${othersNumber}`, /^\d{12} \d{12}$/);
  const [card, othersCard] = [
    await giveCard(country, old, 'card-0001'),
    await giveCard(country, other, 'card-0002'),
  ];
  assert.equal(await atKiosk(country, card), 'rendered');
  await setStop(certificates, KIYOSE, 'o-test', old, 'support-measure');
  assert.equal(await atKiosk(country, card), 'issue-stopped');

  const changed = await recordEvent(registry, KIYOSE, access, 'change-1', {
    reason: 'resident-code-change',
    residentCode: old,
    eventDate: '2026-11-11',
  });
  const { residentCode } = mustSucceed(changed, 'the change');
  await country.settle(20_000);
  await revokeDueCertificates(cards, access);

  assert.deepEqual([await numberOf(residentCode), await numberOf(old)], [number, number]);
  assert.equal(await atKiosk(country, card), 'certificate-not-current', 'revoked with the card');
  const newCard = await giveCard(country, residentCode, 'card-0003');
  assert.equal(await atKiosk(country, newCard), 'issue-stopped', 'the stop was set under the code before');
  await liftStop(certificates, KIYOSE, old);
  assert.equal(await atKiosk(country, newCard), 'rendered');

  for (const code of [residentCode, old, other])
    assert.equal(await heldOverseas(country, code), 'not-an-overseas-mover', code);
  const [entry] = await inTransaction(
    country.systems.overseas.sql,
    { site: 'national' },
    (tx) => tx`SELECT reason FROM overseas.national_person WHERE resident_code = ${residentCode}`,
  );
  assert.equal(entry?.['reason'], 'code-changed', 'the nation holds the entry under the new code');

  // the paper that tells the person lies in the installation's folder
  const notices = await printCodeNotices(country.systems.codeNotices, KIYOSE, access, {
    batchId: 'batch-0001',
  });
  const [addresses, paper] = mustSucceed(notices, 'the notices').files.toReversed();
  assert.equal(paper?.notices, 1);
  const folder = country.directory.codeNotices;
  assert.match(readFileSync(`${folder}/${addresses?.name}`, 'utf8'), /清瀬　花子/);
  assert.equal(readFileSync(`${folder}/${paper.name}`).subarray(0, 5).toString(), '%PDF-');

  assert.equal(await numberOf(other), othersNumber);
  assert.equal(await atKiosk(country, othersCard), 'rendered');
  assert.deepEqual([...(await openTickets(country.database.pool('link'), 10))], []);
});
