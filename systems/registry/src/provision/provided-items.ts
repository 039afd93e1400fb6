/** Identity data as they are given to agencies: of what the national site holds, the items asked for and nothing besides. */
import { z } from 'zod';
import { clearNumber, type NumberCipher, type SealedNumber } from '../numbers/number-cipher.ts';
import type { ProvisionItem } from './provision-rules.ts';

/** What the national site holds of a person, for provision. */
export interface HeldIdentity {
  readonly residentCode: string;
  readonly municipality: string;
  readonly status: string;
  readonly name: string;
  readonly formerSurname: string | null;
  readonly alias: string | null;
  readonly birthDate: string;
  readonly sex: number;
  readonly address: string;
  readonly individualNumber: SealedNumber | null;
  readonly reason: string;
  readonly eventDate: string;
}

export const providedIdentity = z.strictObject({
  name: z.string().optional(),
  formerSurname: z.string().nullable().optional(),
  alias: z.string().nullable().optional(),
  birthDate: z.string().optional(),
  sex: z.number().optional(),
  municipality: z.string().optional(),
  address: z.string().optional(),
  status: z.string().optional(),
  reason: z.string().optional(),
  eventDate: z.string().optional(),
  individualNumber: clearNumber.nullable().optional(),
});

/** The items of one person, under the names of the wire. */
export type ProvidedIdentity = z.infer<typeof providedIdentity>;

/** The fields that each item is made of. */
export const FIELDS_OF_ITEM = {
  name: ['name', 'formerSurname', 'alias'],
  'birth-date': ['birthDate'],
  sex: ['sex'],
  address: ['municipality', 'address'],
  change: ['status', 'reason', 'eventDate'],
  'individual-number': ['individualNumber'],
} as const satisfies Readonly<Record<ProvisionItem, readonly (keyof HeldIdentity)[]>>;

/** A person of whom at least these items are read. */
interface AskedItems<Item extends ProvisionItem> {
  readonly person: Pick<HeldIdentity, 'individualNumber' | (typeof FIELDS_OF_ITEM)[Item][number]>;
  readonly items: readonly Item[];
}

/** Of each person the items asked for; the numbers among them are opened together, and no others are. */
export function itemsOf<Item extends ProvisionItem>(
  numbers: NumberCipher,
  asked: readonly AskedItems<Item>[],
): readonly ProvidedIdentity[] {
  const fieldsOf = (item: Item): readonly (typeof FIELDS_OF_ITEM)[Item][number][] => FIELDS_OF_ITEM[item];
  const opened = numbers.openIn(
    asked.map(({ person: { individualNumber }, items }) => ({
      individualNumber: items.some((item) => item === 'individual-number') ? individualNumber : null,
    })),
  );
  return asked.map(({ person, items }, index) => {
    const held = { ...person, individualNumber: opened[index]?.individualNumber ?? null };
    return Object.fromEntries(
      items.flatMap((item) => fieldsOf(item).map((field) => [field, held[field]] as const)),
    );
  });
}
