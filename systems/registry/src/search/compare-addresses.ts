/**
 * Whether the address of a query is that of a person, and how much had to be overlooked. Widths, numerals, 丁目・番地・号,
 * 大字・字, forms of characters and 郡 are only spelling: the addresses agree whole. A lenience is more than spelling: a
 * search accepts one only where no other person of the register has the name and the birth date (find-match.ts).
 */
import { type AddressParts, addressParts, roomOf } from '@ishizue/text';
import type { AreaNames } from './area-names.ts';

/**
 * What may be overlooked: `prefecture-missing` (the query begins with the municipality), `building-missing` (one of the
 * two ends with the lot), `room-in-lot` (2-1-2-101 for 2-1-2 コーポ101).
 */
export const LENIENCES = ['prefecture-missing', 'building-missing', 'room-in-lot'] as const;
export type Lenience = (typeof LENIENCES)[number];

/** The address of a query, read once. */
export interface SoughtAddress extends AddressParts {
  readonly isPrefectureAdded: boolean;
}

/** A building with a name, or a room: not the rest of a lot that somebody wrote after a space. */
const BUILDING = /^\D|^\d{3,4}$/;
const ENDS_IN_NUMBER = /\d$/;

/** Reads the address of a query. */
export function seekAddress(address: string, areas: AreaNames): SoughtAddress {
  const { place, building } = addressParts(address);
  const { key, isPrefectureAdded } = areas.complete(place);
  return { place: key, building, isPrefectureAdded };
}

/** The leniences under which the held address is the sought one, none where they agree whole; undefined where it is not. */
export function agreementOf(sought: SoughtAddress, held: AddressParts): readonly Lenience[] | undefined {
  const lenience = comparePlaces(sought, held);
  if (lenience === undefined) return undefined;
  return [...(sought.isPrefectureAdded ? ['prefecture-missing' as const] : []), ...lenience];
}

function comparePlaces(one: AddressParts, other: AddressParts): readonly Lenience[] | undefined {
  if (one.place === other.place) {
    if (one.building === other.building) return [];
    const isMissing = one.building === '' || other.building === '';
    const building = one.building + other.building;
    return isMissing && BUILDING.test(building) && ENDS_IN_NUMBER.test(one.place)
      ? ['building-missing']
      : undefined;
  }
  return isRoomInLot(one, other) || isRoomInLot(other, one) ? ['room-in-lot'] : undefined;
}

/** Whether one writes the room of the other's building as the last number of the lot. */
function isRoomInLot(one: AddressParts, other: AddressParts): boolean {
  const room = roomOf(other);
  return room !== undefined && one.building === '' && one.place === `${other.place}-${room}`;
}
