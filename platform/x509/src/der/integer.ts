/** Content octets of INTEGER (X.690 8.3): two's complement, big-endian, in the shortest form. */

/** Whether content octets are an INTEGER in its shortest form (X.690 8.3.2). */
export function isShortestInteger(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return end - start === 1;
  const first = bytes[start];
  const isNextNegative = (bytes[start + 1] ?? 0) >= 0x80;
  return !(first === 0 && !isNextNegative) && !(first === 0xff && isNextNegative);
}

/** The content octets of a non-negative integer. */
export function integerContent(value: bigint): Uint8Array {
  if (value < 0n) throw new Error('a negative integer');
  const digits = value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const needsSign = Number.parseInt(even.slice(0, 2), 16) >= 0x80;
  return Buffer.from(needsSign ? `00${even}` : even, 'hex');
}
