/**
 * Certificate serial numbers (RFC 5280 4.1.2.2): content octets of a positive INTEGER of at most 20 octets. Octets are
 * the one form everywhere here; integers and hex are for people and databases.
 */
import { integerContent } from '../der/integer.ts';

const SERIAL_OCTETS_MAX = 20;

/** Whether the octets, known to be an INTEGER in shortest form, are a serial number that may be issued. */
export const isSerialNumber = (octets: Uint8Array): boolean =>
  octets.length >= 1 &&
  octets.length <= SERIAL_OCTETS_MAX &&
  (octets[0] ?? 0x80) < 0x80 &&
  octets.some((each) => each !== 0);

/** The octets of a positive serial number. Throws on one that may not be issued. */
export function serialNumber(value: bigint | number): Uint8Array {
  const octets = integerContent(BigInt(value));
  if (!isSerialNumber(octets)) throw new Error('a serial number out of range');
  return octets;
}

/** Lower-case hex of the octets, leading sign octet included: one text for one serial number. */
export const formatSerialNumber = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** The number that the octets of a positive serial number are. */
export const serialNumberValue = (octets: Uint8Array): bigint =>
  BigInt(`0x${formatSerialNumber(octets) || '0'}`);
