/**
 * An address in parts, for searches that must know what agrees: the place down to the lot (霞2-1-2), the building, and the
 * room at its end. Both are keys of comparison (see address-key.ts), never shown. Where a lot ends is said only by a
 * number with a space after it in the key: an address without a number is all place.
 */
import { addressKey } from './address-key.ts';

export interface AddressParts {
  /** The key down to the lot; the whole key where there is no number. */
  readonly place: string;
  /** The key of what follows, without 号室 after the room; empty where nothing follows. */
  readonly building: string;
}

const END_OF_LOT = /\d /;
/** The key itself leaves out 号 after a number that ends the address; 号室 says the same of a room. */
const ROOM_SUFFIX = /(?<=\d)号室$/;
const ROOM = /(?:^|[^\d-])(\d{3,4})$/;

/** The parts of an address. */
export function addressParts(address: string): AddressParts {
  const key = addressKey(address);
  const end = key.search(END_OF_LOT);
  if (end < 0) return { place: key, building: '' };
  return { place: key.slice(0, end + 1), building: key.slice(end + 2).replace(ROOM_SUFFIX, '') };
}

/** The room that ends the building (コーポ101): three digits or four; undefined where it ends otherwise. */
export function roomOf({ building }: AddressParts): string | undefined {
  return ROOM.exec(building)?.[1];
}
