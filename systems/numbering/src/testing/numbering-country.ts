/** The registry's test country with numbering at its national site, and an ear on what the municipalities are told. */
import { createHash } from 'node:crypto';
import { after, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '@ishizue/db';
import { INDIVIDUAL_NUMBER_ASSIGNED, numberStandings, type SealedNumber } from '@ishizue/registry';
import {
  KAMAKURA,
  KIYOSE,
  scramble,
  type TestCountry,
  testCountry,
  testNumberCipher,
} from '@ishizue/registry/testing';
import type { NumberAtRest, NumberPlace } from '../at-rest/number-vault.ts';
import {
  type NumberingContext,
  NumberVault,
  numberingSchema,
  numberingTopics,
  type PermuteElevenDigits,
} from '../index.ts';

/** A vault under keys of the tests. */
export const testVault = await NumberVault.open((label) =>
  Promise.resolve(createHash('sha256').update(`number keys ${label}`).digest()),
);

/** Plants a number as numbering itself would have written it. */
export async function plantNumber(sql: Sql, number: string, code: string, attempt: number): Promise<void> {
  const [sealed] = await testVault.sealAll([{ code, attempt, number }], 1);
  await sql`
    INSERT INTO numbering.individual_number
      (resident_code, attempt, assigned_at, number_sealed, number_index, key_version)
    VALUES (${code}, ${attempt}, now(), ${sealed ?? null}, ${testVault.indexOf(number)}, 1)`;
}

/** Every number in the tables, opened: code, number, attempt. */
export async function storedNumbers(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<(NumberPlace & NumberAtRest)[]>`
    SELECT resident_code AS code, attempt, number_sealed AS sealed, key_version AS "keyVersion"
    FROM numbering.individual_number ORDER BY resident_code, attempt`;
  const numbers = await testVault.openAll(rows);
  return rows.map(({ code, attempt }, index) => `${code} ${numbers[index]} ${attempt}`);
}

export interface Answer {
  readonly to: string;
  readonly residentCode: string;
  /** Opened again. */
  readonly individualNumber: string;
}

export interface NumberingCountry {
  readonly country: TestCountry;
  readonly context: NumberingContext;
  /** The pool of numbering's role. */
  readonly numbering: Sql;
  readonly superuser: Sql;
  /** What numbering has answered so far. */
  readonly answers: () => readonly Answer[];
  /** How often numbering has been given messages: more often than there were where it had to begin again. */
  readonly attempts: () => number;
}

function answerOf(to: string, body: unknown): Answer {
  const { residentCode, individualNumber } = body as { residentCode: string; individualNumber: SealedNumber };
  return { to, residentCode, individualNumber: testNumberCipher.open(individualNumber) };
}

/** For what lives as long as a test file: cleans up after its last test. */
export const wholeFile: Pick<TestContext, 'after'> = {
  after: (cleanUp) => after((context) => cleanUp?.(context as TestContext, () => undefined)),
};

/** By which the national register tells numbering of changes. */
const REGISTER_LINK = 'national>national:numbering';

/** Kiyose and Kamakura with links to numbering; new records without a number are told of on them. */
export async function numberingCountry(
  t: Pick<TestContext, 'after'>,
  options: { readonly permute?: PermuteElevenDigits } = {},
): Promise<NumberingCountry> {
  const linkOf = (municipality: string): string => `municipal/${municipality}>national:numbering`;
  const country = await testCountry(t, {
    schemas: [numberingSchema],
    links: [
      ...[KIYOSE, KAMAKURA].flatMap((code) => [linkOf(code), `national>municipal/${code}:numbering`]),
      REGISTER_LINK,
      'national>national:registry',
    ],
    newRecordLinks: (municipality) => [linkOf(municipality)],
    changeLinks: [REGISTER_LINK],
  });
  const numbering = country.database.pool('numbering');
  const { clock, pseudonyms } = country;
  const answers: Answer[] = [];
  let attempts = 0;
  const context: NumberingContext = {
    sql: numbering,
    clock,
    pseudonyms,
    permute: options.permute ?? scramble,
    vault: testVault,
    numbers: testNumberCipher,
    standings: (looks) => numberStandings(country.context, looks),
  };
  const topics = numberingTopics(context);
  const listening = Object.entries(topics).map(([topic, handler]) => {
    const heard: typeof handler = async (tx, via, messages) => {
      attempts++;
      const told: Answer[] = [];
      const outcome = await handler(
        tx,
        {
          ...via,
          send: (more) => {
            for (const { topic: kind, body } of more)
              if (kind === INDIVIDUAL_NUMBER_ASSIGNED) told.push(answerOf(via.from, body));
            via.send(more);
          },
        },
        messages,
      );
      answers.push(...told);
      return outcome;
    };
    return [topic, heard] as const;
  });
  country.register('numbering', Object.fromEntries(listening));
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  return { country, context, numbering, superuser, answers: () => answers, attempts: () => attempts };
}

/** Does something while what one statement locks is locked; who needs it waits until the statement is undone. */
export async function whileLocked(
  { superuser }: NumberingCountry,
  lock: (sql: Sql) => Promise<unknown>,
  work: () => Promise<void>,
): Promise<void> {
  const session = await superuser.reserve();
  try {
    await session`BEGIN`;
    await lock(session);
    await work();
  } finally {
    await session`ROLLBACK`;
    session.release();
  }
}

/** Does something while a link's receiver takes nothing. */
export function whileHeld(house: NumberingCountry, link: string, work: () => Promise<void>): Promise<void> {
  const lock = (sql: Sql): Promise<unknown> => sql`
    SELECT 1 FROM link.inbound i JOIN link.link l ON l.id = i.link_id WHERE l.name = ${link} FOR UPDATE OF i`;
  return whileLocked(house, lock, work);
}

/** Waits until so many sessions of the database wait for a lock. */
export async function untilWaiting({ superuser }: NumberingCountry, count: number): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const waiting = await superuser`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (waiting.length >= count) return;
    await sleep(25);
  }
  throw new Error(`${count} sessions never waited at once`);
}
