/**
 * The identifier octets of X.690 that X.509 uses, constructed bit included. Tag numbers above 30 take several octets;
 * no structure here has one, so a tag is always one octet.
 */

export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const OBJECT_IDENTIFIER = 0x06;
export const ENUMERATED = 0x0a;
export const UTF8_STRING = 0x0c;
export const PRINTABLE_STRING = 0x13;
export const TELETEX_STRING = 0x14;
export const IA5_STRING = 0x16;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const VISIBLE_STRING = 0x1a;
export const UNIVERSAL_STRING = 0x1c;
export const BMP_STRING = 0x1e;
export const SEQUENCE = 0x30;
export const SET = 0x31;

/** `[number]` around one or more whole elements: EXPLICIT, or IMPLICIT over a SEQUENCE. */
export const contextConstructed = (number: number): number => 0xa0 | number;

/** `[number] IMPLICIT` over a primitive type. */
export const contextPrimitive = (number: number): number => 0x80 | number;
