/**
 * Secure Channel Protocol 03 (GlobalPlatform Card Specification 2.3, Amendment D): session keys and cryptograms out of two static
 * keys and two challenges, by the key derivation of NIST SP 800-108 in counter mode with AES-CMAC. Both ends use it.
 */
import { aesCmac } from './aes-cmac.ts';

/** The two static keys of whoever opens a channel, AES-128 or AES-256 each. */
export interface StaticKeys {
  readonly enc: Uint8Array;
  readonly mac: Uint8Array;
}

export interface SessionKeys {
  readonly enc: Buffer;
  readonly mac: Buffer;
  readonly responseMac: Buffer;
  /** Eight octets each: what card and host prove themselves with. */
  readonly cardCryptogram: Buffer;
  readonly hostCryptogram: Buffer;
}

export const CHALLENGE_BYTES = 8;
const CRYPTOGRAM_BITS = 64;
const LABEL_BYTES = 11;
/** Derivation constants, table 4-1. */
const CARD_CRYPTOGRAM = 0x00;
const HOST_CRYPTOGRAM = 0x01;
const S_ENC = 0x04;
const S_MAC = 0x06;
const S_RMAC = 0x07;

/** @param context host challenge and card challenge, eight octets each */
export function sessionKeysOf(keys: StaticKeys, context: Uint8Array): SessionKeys {
  const bits = keys.mac.length * 8;
  const mac = derive(keys.mac, S_MAC, bits, context);
  return {
    enc: derive(keys.enc, S_ENC, keys.enc.length * 8, context),
    mac,
    responseMac: derive(keys.mac, S_RMAC, bits, context),
    cardCryptogram: derive(mac, CARD_CRYPTOGRAM, CRYPTOGRAM_BITS, context),
    hostCryptogram: derive(mac, HOST_CRYPTOGRAM, CRYPTOGRAM_BITS, context),
  };
}

function derive(key: Uint8Array, constant: number, bits: number, context: Uint8Array): Buffer {
  const blocks = Array.from({ length: Math.ceil(bits / 128) }, (_, index) =>
    aesCmac(
      key,
      Buffer.concat([
        Buffer.alloc(LABEL_BYTES),
        Buffer.of(constant, 0, bits >> 8, bits & 0xff, index + 1),
        context,
      ]),
    ),
  );
  return Buffer.concat(blocks).subarray(0, bits / 8);
}
