/**
 * A card for tests, issued as every card is: application with a drawn portrait, making with both certificates, hand-over. Its holder is somebody
 * whom the caller names, or, where the demonstration runs, somebody invented who is entered into the register for it: no
 * person of the register gets a card that they did not ask for.
 */
import { randomUUID } from 'node:crypto';
import { type ChosenPins, cardInReader, openSoftwareCard } from '@ishizue/card';
import { type CardView, handOverInHouse, makeCard } from '@ishizue/cards';
import { dateInTokyo } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { recordEvent } from '@ishizue/registry';
import type { Country } from '@ishizue/server';
import { applyWithPortrait } from './apply-with-portrait.ts';
import { commandLineAccess } from './command-line-access.ts';

const SETTLE_TIMEOUT_MS = 120_000;

export async function issueTestCard(
  country: Country,
  residentCode: string | undefined,
  pins: ChosenPins,
): Promise<Result<CardView>> {
  const holder = residentCode === undefined ? await enterHolder(country) : ok(residentCode);
  if (!holder.ok) return holder;
  const { cards, workshop } = country.systems;
  const access = commandLineAccess('番号法 第16条の2', 'test-card');
  const applied = await applyWithPortrait(country, access, holder.value);
  if (!applied.ok) return applied;
  const made = await makeCard(cards, access, applied.value, workshop);
  if (!made.ok) return made;
  const { cardId } = made.value;
  const inReader = cardInReader(await openSoftwareCard(country.directory.cards, cardId), pins);
  return handOverInHouse(cards, access, { cardId, inReader });
}

/** The resident code of somebody invented, at the first municipality. */
async function enterHolder(country: Country): Promise<Result<string>> {
  const [municipality] = country.municipalities;
  if (!country.configuration.isDemonstration || municipality === undefined)
    return fail('resident-missing', 'no demonstration runs: --resident says whose card it is to be');
  const access = commandLineAccess('住民基本台帳法 第8条', 'test-card');
  const requestId = randomUUID();
  const event = {
    reason: 'ex-officio-entry',
    basis: 'ishizue card new',
    residentCode: null,
    individualNumber: null,
    eventDate: dateInTokyo(country.clock.now()),
    previousAddress: '不詳',
    details: HOLDER,
    address: ADDRESS,
  } as const;
  const enter = () => recordEvent(country.systems.registry, municipality, access, requestId, event);
  let entered = await enter();
  if (!entered.ok && entered.failure.code === 'resident-codes-exhausted') {
    await country.settle(SETTLE_TIMEOUT_MS); // a municipality that never had residents asked for codes with that
    entered = await enter();
  }
  if (!entered.ok) return entered;
  await country.settle(SETTLE_TIMEOUT_MS);
  return ok(entered.value.residentCode);
}

const HOLDER = {
  name: '試験　花子',
  nameKana: 'シケン　ハナコ',
  formerSurname: null,
  formerSurnameKana: null,
  alias: null,
  aliasKana: null,
  birthDate: '1990-04-01',
  sex: 2,
  nationality: 'JPN',
  residenceStatus: null,
  stayExpiresOn: null,
  domicile: null,
  familyRegisterHead: null,
} as const;

const ADDRESS = {
  wardCode: null,
  postalCode: null,
  town: '試験町',
  lot: '1番地',
  building: null,
};
