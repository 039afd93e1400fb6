/** An authority with a certificate to ask about and a delegated OCSP responder, for the tests of OCSP. */
import { sign } from 'node:crypto';
import { signatureAlgorithm } from '../certificate/algorithm.ts';
import { KEY_PURPOSE_OIDS } from '../certificate/extension-oids.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import {
  extKeyUsage,
  keyUsage,
  ocspNoCheck,
  subjectKeyIdentifier,
} from '../certificate/standard-extension.ts';
import { encodeCertId, issuerHashes } from '../ocsp/cert-id.ts';
import { assembleOcspResponse } from '../ocsp/ocsp-response.ts';
import { encodeResponseData, type ResponseDataSpec } from '../ocsp/response-data.ts';
import {
  at,
  authorityOf,
  type Issued,
  issue,
  keyIdOf,
  makeKey,
  makeRoot,
  testName,
  type Wishes,
} from './authority.ts';

export const NOW = at('2026-04-01T00:00:00Z');
export const root = makeRoot({}, makeKey('rsa'));
export const hashes = issuerHashes(root.certificate);
/** Whom everybody asks about. */
export const someone = issue(root, { serial: serialNumber(0x41) });
export const certId = encodeCertId('sha1', hashes, someone.certificate.serial);

/** A responder that the issuer authorised, unless the wishes say otherwise. */
export function makeResponder(issuer: Issued = root, wishes: Wishes = {}): Issued {
  const key = makeKey('p256');
  const extensions = [
    keyUsage(['digitalSignature']),
    extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning]),
    authorityOf(issuer),
    subjectKeyIdentifier(keyIdOf(key)),
    ocspNoCheck(),
  ];
  return issue(
    issuer,
    { serial: serialNumber(0x99), subject: testName('Responder'), extensions, ...wishes },
    key,
  );
}

export const responder = makeResponder();

/** What the responder says where a test does not say otherwise: `someone` is good. */
export const answerOf = (spec: Partial<ResponseDataSpec> = {}, by: Issued = responder): ResponseDataSpec => ({
  responderKeyHash: keyIdOf(by.key),
  producedAt: NOW,
  responses: [{ certId, status: { status: 'good' }, thisUpdate: NOW, nextUpdate: NOW + 900_000 }],
  ...spec,
});

/** A whole signed response. */
export function respond(
  spec: Partial<ResponseDataSpec> = {},
  by: Issued = responder,
  certificates: readonly Uint8Array[] = [by.certificate.der],
): Uint8Array {
  const responseData = encodeResponseData(answerOf(spec, by));
  const algorithm = signatureAlgorithm(by.key.type);
  const signature = sign(algorithm.digest, responseData, by.key.privateKey);
  return assembleOcspResponse({ responseData, signatureAlgorithm: algorithm, signature, certificates });
}
