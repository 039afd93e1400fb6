/**
 * Commands as octets (ISO 7816-4 5.1 and 5.2): short and extended lengths, all four cases. What has a length that does not
 * add up is no command; the card answers it with 6700.
 */

const HEADER_BYTES = 4;
const SHORT_MAX = 256;
const EXTENDED_MAX = 65_536;

export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Buffer;
  /** How many octets may come back (Ne); undefined where none are asked for. */
  readonly expected: number | undefined;
}

/** The command, or undefined where its lengths do not add up. */
export function parseCommand(given: Uint8Array): Command | undefined {
  const octets = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const [cla, ins, p1, p2, third] = octets;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const body =
    third === 0 && octets.length > HEADER_BYTES + 1 ? parseExtended(octets.subarray(5)) : parseShort(octets);
  return body && { cla, ins, p1, p2, ...body };
}

type Body = Pick<Command, 'data' | 'expected'>;

function parseShort(octets: Buffer): Body | undefined {
  const body = octets.subarray(HEADER_BYTES);
  const [first] = body;
  if (first === undefined) return { data: body, expected: undefined };
  if (body.length === 1) return { data: body.subarray(1), expected: first || SHORT_MAX };
  const data = body.subarray(1, 1 + first);
  if (body.length === 1 + first) return { data, expected: undefined };
  return body.length === 2 + first ? { data, expected: body[1 + first] || SHORT_MAX } : undefined;
}

/** @param body behind the zero that says that lengths have two octets */
function parseExtended(body: Buffer): Body | undefined {
  if (body.length < 2) return undefined;
  const first = body.readUInt16BE(0);
  if (body.length === 2) return { data: body.subarray(2), expected: first || EXTENDED_MAX };
  const data = body.subarray(2, 2 + first);
  if (first === 0) return undefined;
  if (body.length === 2 + first) return { data, expected: undefined };
  return body.length === 4 + first
    ? { data, expected: body.readUInt16BE(2 + first) || EXTENDED_MAX }
    : undefined;
}

/** A command as a reader writes it, in the short form where that is possible. */
export function encodeCommand(
  [cla, ins, p1, p2]: readonly [number, number, number, number],
  data: Uint8Array = Buffer.alloc(0),
  expected?: number,
): Buffer {
  const header = Buffer.of(cla, ins, p1, p2);
  if (data.length < SHORT_MAX && (expected ?? 0) <= SHORT_MAX) {
    const length = data.length > 0 ? Buffer.of(data.length) : Buffer.alloc(0);
    const le = expected === undefined ? Buffer.alloc(0) : Buffer.of(expected & 0xff);
    return Buffer.concat([header, length, data, le]);
  }
  const length = data.length > 0 ? twoOctets(data.length) : Buffer.alloc(0);
  const le = expected === undefined ? Buffer.alloc(0) : twoOctets(expected & 0xffff);
  return Buffer.concat([header, Buffer.of(0), length, data, le]);
}

const twoOctets = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);
