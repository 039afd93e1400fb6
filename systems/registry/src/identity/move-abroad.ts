/**
 * 国外転出 (住民基本台帳法 art. 17 iii, 24): a move out to a place outside Japan. The record says so itself: its destination
 * begins with 国外. Nothing is concluded from the name of a place.
 */
const ABROAD = '国外';

/** A destination outside Japan as the record writes it. */
export const destinationAbroad = (place: string): string =>
  isMoveAbroad(place) ? place : `${ABROAD}　${place}`;

/** Whether a record's destination is outside Japan. */
export const isMoveAbroad = (destination: string | null): boolean =>
  destination !== null && /^国外(?:$|[\s　])/.test(destination);
