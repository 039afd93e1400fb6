/** The registry's test country with numbering at its national site, and an ear on what the municipalities are told. */
import type { TestContext } from 'node:test';
import type { Sql } from '@ishizue/db';
import { INDIVIDUAL_NUMBER_ASSIGNED } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, scramble, type TestCountry, testCountry } from '@ishizue/registry/testing';
import { numberingSchema, numberingTopics, type PermuteElevenDigits } from '../index.ts';

export interface Answer {
  readonly to: string;
  readonly residentCode: string;
  readonly individualNumber: string;
}

export interface NumberingCountry {
  readonly country: TestCountry;
  /** The pool of numbering's role. */
  readonly numbering: Sql;
  readonly superuser: Sql;
  /** What numbering has answered so far. */
  readonly answers: () => readonly Answer[];
}

/** Kiyose and Kamakura with links to numbering; new records without a number are told of on them. */
export async function numberingCountry(
  t: Pick<TestContext, 'after'>,
  options: { readonly permute?: PermuteElevenDigits } = {},
): Promise<NumberingCountry> {
  const linkOf = (municipality: string): string => `municipal/${municipality}>national:numbering`;
  const country = await testCountry(t, {
    schemas: [numberingSchema],
    links: [KIYOSE, KAMAKURA].map(linkOf),
    newRecordLinks: (municipality) => [linkOf(municipality)],
  });
  const numbering = country.database.pool('numbering');
  const { clock, pseudonyms } = country;
  const answers: Answer[] = [];
  const topics = numberingTopics({ sql: numbering, clock, pseudonyms, permute: options.permute ?? scramble });
  const listening = Object.entries(topics).map(([topic, handler]) => {
    const heard: typeof handler = async (tx, context, messages) => {
      const told: Answer[] = [];
      const outcome = await handler(
        tx,
        {
          ...context,
          send: (more) => {
            for (const { topic: kind, body } of more)
              if (kind === INDIVIDUAL_NUMBER_ASSIGNED)
                told.push({ to: context.from, ...(body as Omit<Answer, 'to'>) });
            context.send(more);
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
  return { country, numbering, superuser, answers: () => answers };
}
