/** The OCSP nonce (RFC 9654): 1 to 128 octets in an OCTET STRING of its own, repeated by the responder. */

import { type Extension, encodeExtension, hasDuplicate, readExtensions } from '../certificate/extension.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import type { DerReader } from '../der/reader.ts';

const NONCE_OCTETS_MAX = 128;

/** The nonce extension of a request or of its answer. */
export function ocspNonce(nonce: Uint8Array): Extension {
  if (nonce.length < 1 || nonce.length > NONCE_OCTETS_MAX) throw new Error('a nonce of a wrong length');
  return encodeExtension(EXTENSION_OIDS.ocspNonce, false, (writer) => writer.octetString(nonce));
}

/** Extensions of an OCSP message. */
export interface OcspExtensions {
  readonly extensions: readonly Extension[];
  readonly nonce: Uint8Array | undefined;
}

export const NO_OCSP_EXTENSIONS: OcspExtensions = { extensions: [], nonce: undefined };

/** Reads extensions, refusing a nonce of a wrong length, duplicates, and critical ones that are not understood. */
export function readOcspExtensions(reader: DerReader): OcspExtensions {
  let nonce: Uint8Array | undefined;
  const extensions = readExtensions(reader, (oid, value, critical) => {
    if (oid === EXTENSION_OIDS.ocspNonce) {
      nonce = value.octetString();
      if (nonce.length < 1 || nonce.length > NONCE_OCTETS_MAX) value.reject('ocsp-nonce-length', 'a nonce');
      return true;
    }
    if (critical) value.reject('critical-extension-unknown', 'an OCSP extension');
    return false;
  });
  if (hasDuplicate(extensions)) reader.reject('duplicate-extension', 'an OCSP extension');
  return { extensions, nonce };
}
