/**
 * What a municipal site tells its own other systems after an event: the record as it stands, as far as the supplementary
 * family register needs it (住民基本台帳法 art. 19). It has the domicile, so it goes over links of the site to itself and
 * never further as it is; it has no individual number.
 */
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { z } from 'zod';
import { formatAddress } from '../identity/address.ts';
import { EVENT_REASONS, type EventReason } from '../identity/event-reason.ts';
import { isMoveAbroad } from '../identity/move-abroad.ts';
import type { Resident } from './resident.ts';

export const RESIDENT_RECORD_CHANGED = 'resident-record-changed';

const residentCode = z.string().regex(/^\d{11}$/);

export const residentRecordChangedBody = z.strictObject({
  residentCode,
  municipality: z.string().regex(/^\d{6}$/),
  /** Of the person's events in this municipality, from 1. */
  sequence: z.int().min(1),
  reason: z.enum(EVENT_REASONS),
  eventDate: z.iso.date(),
  status: z.enum(['resident', 'moved-out', 'deceased', 'removed']),
  /** Of a record that is moved out: whether to a place outside Japan. */
  movedAbroad: z.boolean(),
  name: z.string().min(1).max(200),
  birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sex: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  nationality: z.string().regex(/^[A-Z]{3}$/),
  address: z.string().min(1).max(400),
  becameResidentOn: z.iso.date(),
  addressFixedOn: z.iso.date(),
  domicile: z.string().max(400).nullable(),
  familyRegisterHead: z.string().max(200).nullable(),
  /** Of a changed code: the one before it. */
  formerCode: residentCode.exactOptional(),
});

/** A resident's record after an event, without what its municipality alone needs. */
export type ResidentRecordChanged = z.infer<typeof residentRecordChangedBody>;

/** The record after an event, as the site's own systems are told of it. */
export function recordAfter(
  municipalities: MunicipalityDirectory,
  resident: Resident,
  reason: EventReason,
  eventDate: string,
): ResidentRecordChanged {
  return {
    residentCode: resident.residentCode,
    municipality: resident.municipality,
    sequence: resident.sequence,
    reason,
    eventDate,
    status: resident.status,
    movedAbroad: resident.status === 'moved-out' && isMoveAbroad(resident.movedTo),
    name: resident.name,
    birthDate: resident.birthDate,
    sex: resident.sex,
    nationality: resident.nationality,
    address: formatAddress(municipalities, resident.municipality, resident),
    becameResidentOn: resident.becameResidentOn,
    addressFixedOn: resident.addressFixedOn,
    domicile: resident.domicile,
    familyRegisterHead: resident.familyRegisterHead,
  };
}
