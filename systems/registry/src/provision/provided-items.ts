/** Identity data as they are given to agencies: of what the national site holds, the items asked for and nothing besides. */
import { z } from 'zod';
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
  readonly individualNumber: string | null;
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
  individualNumber: z.string().nullable().optional(),
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

/** The items asked for, of a person of whom at least these are read. */
export function itemsOf<Item extends ProvisionItem>(
  held: Pick<HeldIdentity, (typeof FIELDS_OF_ITEM)[Item][number]>,
  items: readonly Item[],
): ProvidedIdentity {
  const fieldsOf = (item: Item): readonly (typeof FIELDS_OF_ITEM)[Item][number][] => FIELDS_OF_ITEM[item];
  return Object.fromEntries(
    items.flatMap((item) => fieldsOf(item).map((field) => [field, held[field]] as const)),
  );
}
