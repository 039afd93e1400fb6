/** Where the record keeps the PIN of an EF: with its key, or among the PINs of the applications. */
import { type CardRecord, withSlot } from '../card-record.ts';
import type { PinSlot } from '../pin-slot.ts';
import { fileId, type PinFile } from './application.ts';
import type { MeantFile } from './asked.ts';
import { findLoaded, isLoadedName, withLoaded } from './free-area/loaded-application.ts';

/** The PIN; null where nobody has set it, undefined where the key that it is of is not on this card. */
export function pinOf(
  record: CardRecord,
  { application, file }: MeantFile<PinFile>,
): PinSlot | null | undefined {
  if (isLoadedName(application)) return findLoaded(record, application)?.pin;
  return file.ofKey === undefined
    ? (record.pins?.[fileId(application, file.fid)] ?? null)
    : record.keys[file.ofKey]?.pin;
}

/** The record with that PIN. */
export function withPin(
  record: CardRecord,
  { application, file }: MeantFile<PinFile>,
  pin: PinSlot,
): CardRecord {
  if (isLoadedName(application)) {
    const loaded = findLoaded(record, application);
    if (!loaded) throw new Error('a PIN of an application that is not loaded');
    return withLoaded(record, application, { ...loaded, pin });
  }
  if (file.ofKey === undefined)
    return { ...record, pins: { ...record.pins, [fileId(application, file.fid)]: pin } };
  const slot = record.keys[file.ofKey];
  if (!slot) throw new Error('a PIN of a key that is not on the card');
  return withSlot(record, file.ofKey, { ...slot, pin });
}
