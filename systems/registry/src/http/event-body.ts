/**
 * The events of the counter as JSON, for the API. What the schema lets through, the events' own rules judge. A number is
 * sealed before anything else is done with the event.
 */
import { z } from 'zod';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { clearNumber, type NumberCipher, type Opened } from '../numbers/number-cipher.ts';

const date = z.iso.date();
const residentCode = z.string().regex(/^\d{11}$/);
const text = (length_max: number): z.ZodString => z.string().trim().min(1).max(length_max);
const sex = z.union([z.literal(1), z.literal(2), z.literal(3)]);

const address = z.strictObject({
  wardCode: z
    .string()
    .regex(/^\d{6}$/)
    .nullable()
    .default(null),
  postalCode: z
    .string()
    .regex(/^\d{7}$/)
    .nullable()
    .default(null),
  town: z.string().max(100),
  lot: text(60),
  building: text(120).nullable().default(null),
});

const details = z.strictObject({
  name: text(100),
  nameKana: text(150),
  formerSurname: text(50).nullable().default(null),
  formerSurnameKana: text(80).nullable().default(null),
  alias: text(100).nullable().default(null),
  aliasKana: text(150).nullable().default(null),
  birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sex,
  nationality: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('JPN'),
  residenceStatus: text(50).nullable().default(null),
  stayExpiresOn: date.nullable().default(null),
  domicile: text(200).nullable().default(null),
  familyRegisterHead: text(100).nullable().default(null),
});

const entry = {
  residentCode: residentCode.nullable(),
  individualNumber: clearNumber.nullable().default(null),
  eventDate: date,
  details,
  address,
  joins: z.strictObject({ householdNumber: text(15), relationship: text(30) }).exactOptional(),
  previousAddress: text(200),
};

// what is absent stays as it is: no default here
const correctedDetails = z.strictObject({
  name: text(100).exactOptional(),
  nameKana: text(150).exactOptional(),
  formerSurname: text(50).nullable().exactOptional(),
  formerSurnameKana: text(80).nullable().exactOptional(),
  alias: text(100).nullable().exactOptional(),
  aliasKana: text(150).nullable().exactOptional(),
  birthDate: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .exactOptional(),
  sex: sex.exactOptional(),
  nationality: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .exactOptional(),
  residenceStatus: text(50).nullable().exactOptional(),
  stayExpiresOn: date.nullable().exactOptional(),
  domicile: text(200).nullable().exactOptional(),
  familyRegisterHead: text(100).nullable().exactOptional(),
});

const basis = text(200);

type Entry = Extract<CounterEvent, { readonly individualNumber: unknown }>;
type EntryAsTyped = Entry extends infer One ? (One extends Entry ? Opened<One> : never) : never;

/** An event as the counter types it in: with the number in clear, where it has one. */
export type EventAsTyped = Exclude<CounterEvent, Entry> | EntryAsTyped;

/** The event as the register takes it. */
export function sealEvent(numbers: NumberCipher, event: EventAsTyped): CounterEvent {
  if (!('individualNumber' in event)) return event;
  const { individualNumber } = event;
  return { ...event, individualNumber: individualNumber === null ? null : numbers.seal(individualNumber) };
}

/** A discriminated union over `reason`, typed as the registry's own events. */
export const eventBody: z.ZodType<EventAsTyped> = z.discriminatedUnion('reason', [
  z.strictObject({ reason: z.literal('move-in'), ...entry, noticedOn: date.exactOptional() }),
  z.strictObject({ reason: z.literal('ex-officio-entry'), ...entry, basis }),
  z.strictObject({
    reason: z.literal('birth'),
    parentResidentCode: residentCode,
    eventDate: date,
    name: text(100),
    nameKana: text(150),
    sex,
    relationship: text(30),
  }),
  z.strictObject({
    reason: z.literal('move-within'),
    residentCode,
    eventDate: date,
    noticedOn: date.exactOptional(),
    address,
    newHousehold: z.literal(true).exactOptional(),
    householdNumber: text(15).exactOptional(),
    relationship: text(30).exactOptional(),
  }),
  z.strictObject({
    reason: z.literal('minor-correction'),
    residentCode,
    eventDate: date,
    name: text(100).exactOptional(),
    town: z.string().max(100).exactOptional(),
    lot: text(60).exactOptional(),
    building: text(120).nullable().exactOptional(),
  }),
  z.strictObject({
    reason: z.literal('move-out'),
    residentCode,
    eventDate: date,
    destination: text(200),
    abroad: z.boolean().exactOptional(),
  }),
  z.strictObject({ reason: z.literal('death'), residentCode, eventDate: date }),
  z.strictObject({ reason: z.literal('ex-officio-removal'), residentCode, eventDate: date, basis }),
  z.strictObject({
    reason: z.literal('ex-officio-correction'),
    residentCode,
    eventDate: date,
    details: correctedDetails.exactOptional(),
    address: address.exactOptional(),
    basis,
  }),
  z.strictObject({
    reason: z.literal('alias-change'),
    residentCode,
    eventDate: date,
    alias: text(100).nullable(),
    aliasKana: text(150).nullable(),
  }),
  z.strictObject({
    reason: z.literal('former-surname-change'),
    residentCode,
    eventDate: date,
    formerSurname: text(50).nullable(),
    formerSurnameKana: text(80).nullable(),
  }),
  z.strictObject({ reason: z.literal('resident-code-change'), residentCode, eventDate: date }),
  z.strictObject({ reason: z.literal('ex-officio-code-change'), residentCode, eventDate: date, basis }),
  z.strictObject({
    reason: z.literal('undo'),
    residentCode,
    eventDate: date,
    undoes: z.int().min(1).max(1_000_000),
    basis,
  }),
]);
