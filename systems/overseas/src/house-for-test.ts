/** A house for the stories of docs/flows/overseas.md: Kiyose is where people live, Kamakura where their family registers are. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { inTransaction, type Sql } from '@ishizue/db';
import { type AddressedMessage, openTickets, sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import {
  type CounterEvent,
  importRegister,
  type MoveIn,
  type MoveOut,
  recordEvent,
  residentCodeOf,
} from '@ishizue/registry';
import { KAMAKURA, KIYOSE, registerFile, testAccess } from '@ishizue/registry/testing';
import { bytesOf, loadFile } from './load/load-for-test.ts';
import { entryFile, type OverseasCountry, testOverseas } from './testing/index.ts';

export const HARUKA = '24727059608';
export const DOMICILE = '神奈川県鎌倉市御成町18番';

export interface House extends OverseasCountry {
  readonly sql: Sql;
  readonly record: (municipality: string, event: CounterEvent) => Promise<{ readonly residentCode: string }>;
}

/** A country where a resident of Kiyose, and whoever else is given, is entered, with an entry at Kamakura. */
export async function houseWith(
  t: TestContext,
  residents: readonly Readonly<Record<string, string>>[] = [],
  entries: readonly Readonly<Record<string, string>>[] = [],
): Promise<House> {
  const overseas = await testOverseas(t);
  const { country } = overseas;
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const session = country.database.session('registry');
  t.after(() => session.end({ timeout: 1 }));
  async function* text(): AsyncGenerator<string> {
    const haruka = { resident_code: HARUKA, domicile: DOMICILE };
    yield registerFile([haruka, ...residents]);
  }
  const imported = await importRegister(country.context, {
    municipality: KIYOSE,
    text: text(),
    access: testAccess,
    session,
    reject: () => Promise.resolve(),
  });
  assert.equal(mustSucceed(imported, 'the register').loaded, residents.length + 1);
  const { outcome } = await loadFile(t, overseas, KAMAKURA, bytesOf(entryFile([{}, ...entries])));
  assert.equal(mustSucceed(outcome, 'the entries').loaded, entries.length + 1);
  await country.settle();
  let requests = 0;
  return {
    ...overseas,
    sql,
    record: async (municipality, event) => {
      const done = await recordEvent(country.context, municipality, testAccess, `r-${++requests}`, event);
      const recorded = mustSucceed(done, event.reason);
      await country.settle();
      return recorded;
    },
  };
}

/** What the three tiers hold of a person. */
export async function heldOf(sql: Sql, residentCode: string): Promise<readonly object[]> {
  const rows = await sql`
    SELECT 'municipal' AS tier, state, address, is_overseas AS overseas FROM overseas.municipal_entry
    WHERE resident_code = ${residentCode}
    UNION ALL SELECT 'prefectural', state, address, is_overseas FROM overseas.prefectural_person
    WHERE resident_code = ${residentCode}
    UNION ALL SELECT 'national', state, address, is_overseas FROM overseas.national_person
    WHERE resident_code = ${residentCode}`;
  return rows.map((row) => ({ ...row }));
}

export const atAllTiers = (held: object): readonly object[] =>
  ['municipal', 'prefectural', 'national'].map((tier) => ({ tier, ...held }));

export const ticketsOf = async ({ country }: House): Promise<readonly string[]> =>
  (await openTickets(country.database.pool('link'), 100)).map(({ link, code }) => `${link} ${code}`).sort();

export const forCards = { ...testAccess, affair: 'overseas-card', article: '住民基本台帳法 第30条の44の6' };

export const moveWithin: CounterEvent = {
  reason: 'move-within',
  residentCode: HARUKA,
  eventDate: '2026-11-10',
  address: { wardCode: null, postalCode: null, town: '中里五丁目', lot: '842番地', building: null },
};

export const moveIn: MoveIn = {
  reason: 'move-in',
  residentCode: HARUKA,
  individualNumber: null,
  eventDate: '2026-11-19',
  details: {
    name: '石川　遥',
    nameKana: 'イシカワ　ハルカ',
    formerSurname: null,
    formerSurnameKana: null,
    alias: null,
    aliasKana: null,
    birthDate: '1980-02-17',
    sex: 2,
    nationality: 'JPN',
    residenceStatus: null,
    stayExpiresOn: null,
    domicile: DOMICILE,
    familyRegisterHead: '石川　太郎',
  },
  address: { wardCode: null, postalCode: null, town: '御成町', lot: '18番10号', building: null },
  previousAddress: '国外',
};

export const leave: MoveOut = {
  reason: 'move-out',
  residentCode: HARUKA,
  eventDate: '2026-11-18',
  destination: 'カナダ',
  abroad: true,
};

export const other = (
  nth: number,
  fields: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => ({
  resident_number: String(nth),
  household_number: String(nth),
  resident_code: residentCodeOf(String(8_000_000_000 + nth)),
  ...fields,
});

/** As the overseas system's role at the sender's site: what a mistaken or hostile one may say. */
export async function sayRaw(house: House, messages: readonly AddressedMessage[]): Promise<void> {
  for (const [link, some] of Map.groupBy(messages, (message) => message.link))
    await inTransaction(house.context.sql, { site: link.slice(0, link.indexOf('>')) }, (tx) =>
      sendAll(tx, some),
    );
  house.country.wake();
  await house.country.settle();
}

export const codeChange = (residentCode: string): CounterEvent => ({
  reason: 'resident-code-change',
  residentCode,
  eventDate: '2026-11-15',
});

export const movesWithin = (resident: Readonly<Record<string, string>>): CounterEvent => ({
  ...moveWithin,
  residentCode: resident['resident_code'] ?? '',
});
