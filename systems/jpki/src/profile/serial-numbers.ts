/**
 * Serial numbers, unique under an authority's name, which all its generations share (RFC 5280 4.1.2.2). Decided: holders'
 * certificates have random numbers of exactly four octets, as in the wild; the authority's own and its responders' are
 * below them by construction, so that nothing has to be reserved for them. 2.1 thousand million numbers last one
 * authority some forty years at 50 million certificates a year.
 */
import { serialNumber } from '@ishizue/x509';

/** The smallest number that takes four octets in DER. */
const HOLDER_SERIAL_MIN = 0x0080_0000;
const HOLDER_SERIALS = 2 ** 31 - HOLDER_SERIAL_MIN;

/** A random number for a holder's certificate; whether it is taken, the database knows. */
export function drawHolderSerial(randomBytes: (size: number) => Uint8Array): number {
  for (;;) {
    const [a = 0, b = 0, c = 0, d = 0] = randomBytes(4);
    const drawn = (((a & 0x7f) << 24) | (b << 16) | (c << 8) | d) >>> 0;
    // what is too small is drawn again: a modulus would favour some numbers
    if (drawn >= HOLDER_SERIAL_MIN && drawn - HOLDER_SERIAL_MIN < HOLDER_SERIALS) return drawn;
  }
}

/** The number of a holder's certificate from its octets; undefined for what cannot be one. */
export function holderSerialOf(octets: Uint8Array): number | undefined {
  if (octets.length !== 4) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return number >= HOLDER_SERIAL_MIN && number < 2 ** 31 ? number : undefined;
}

/** The octets of a holder's serial number, for lists of millions: always four. */
export function holderSerialOctets(serial: number): Uint8Array {
  if (serial < HOLDER_SERIAL_MIN || serial >= 2 ** 31) throw new Error('not a holder’s serial number');
  const octets = Buffer.allocUnsafe(4);
  octets.writeUInt32BE(serial);
  return octets;
}

const RESPONDERS_MAX = 0xffff;

/** The number of an authority's own certificate. */
export const authoritySerial = (generation: number): Uint8Array => serialNumber(generation << 16);

/** The number of the certificate of a generation's nth responder key. */
export function responderSerial(generation: number, number: number): Uint8Array {
  if (number < 1 || number > RESPONDERS_MAX) throw new Error(`responder ${number} of a generation`);
  return serialNumber((generation << 16) | number);
}
