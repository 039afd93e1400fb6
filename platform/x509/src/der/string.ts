/**
 * The character string types that names use (RFC 5280 4.1.2.4, X.690 8.23): what octets each may hold, and their text.
 * Reading is generous to strings of the past (Teletex, BMP); whether a string keeps to its repertoire is asked apart.
 */
import { isUtf8 } from 'node:buffer';
import {
  BMP_STRING,
  IA5_STRING,
  PRINTABLE_STRING,
  TELETEX_STRING,
  UNIVERSAL_STRING,
  UTF8_STRING,
  VISIBLE_STRING,
} from './tag.ts';

/** The string types by the names that callers use. */
export const STRING_TAGS = {
  utf8: UTF8_STRING,
  printable: PRINTABLE_STRING,
  ia5: IA5_STRING,
  teletex: TELETEX_STRING,
  visible: VISIBLE_STRING,
  universal: UNIVERSAL_STRING,
  bmp: BMP_STRING,
} as const;

/** A string type of names. Only `utf8`, `printable` and `ia5` are ever written (RFC 5280 4.1.2.4). */
export type StringType = keyof typeof STRING_TAGS;

const TYPES_BY_TAG = new Map<number, StringType>([
  [UTF8_STRING, 'utf8'],
  [PRINTABLE_STRING, 'printable'],
  [IA5_STRING, 'ia5'],
  [TELETEX_STRING, 'teletex'],
  [VISIBLE_STRING, 'visible'],
  [UNIVERSAL_STRING, 'universal'],
  [BMP_STRING, 'bmp'],
]);

/** The string type of a tag, if it is one. */
export const findStringType = (tag: number): StringType | undefined => TYPES_BY_TAG.get(tag);

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

const bufferOf = (content: Uint8Array): Buffer =>
  Buffer.from(content.buffer, content.byteOffset, content.length);

const latin1 = (content: Uint8Array): string => bufferOf(content).toString('latin1');

/** Whether the content octets keep to the repertoire of the string type. */
export function isInRepertoire(type: StringType, content: Uint8Array): boolean {
  switch (type) {
    case 'utf8':
      return isUtf8(content);
    case 'printable':
      return PRINTABLE.test(latin1(content));
    case 'ia5':
      return content.every((octet) => octet < 0x80);
    case 'visible':
      return content.every((octet) => octet >= 0x20 && octet < 0x7f);
    case 'bmp':
      return content.length % 2 === 0;
    case 'universal':
      return content.length % 4 === 0;
    case 'teletex':
      return true; // T.61 is taken for Latin-1, as everybody does
  }
}

/**
 * Whether the content octets are text that no other octets of the type decode to. A name with any other string is refused:
 * as U+FFFD two different names would be one wherever names are compared by their text.
 */
export function isDecodable(type: StringType, content: Uint8Array): boolean {
  if (type === 'utf8') return isUtf8(content);
  if (type !== 'bmp' && type !== 'universal') return true;
  return isInRepertoire(type, content) && decodeText(type, content).isWellFormed();
}

function wideText(content: Uint8Array, octets: 2 | 4): string {
  let text = '';
  for (let at = 0; at + octets <= content.length; at += octets) {
    let code = 0;
    for (let next = at; next < at + octets; next++) code = code * 256 + (content[next] ?? 0);
    // a lone surrogate is what no text holds: `isDecodable` tells it
    text += String.fromCodePoint(code <= 0x10_ffff ? code : 0xd800);
  }
  return text;
}

/** The text in the content octets; what cannot be read is U+FFFD. */
export function decodeText(type: StringType, content: Uint8Array): string {
  switch (type) {
    case 'utf8':
      return bufferOf(content).toString('utf8');
    case 'bmp':
      return wideText(content, 2);
    case 'universal':
      return wideText(content, 4);
    case 'printable':
    case 'ia5':
    case 'visible':
    case 'teletex':
      return latin1(content);
  }
}
