/**
 * OCSPRequest (RFC 6960 4.1): written by relying parties, read by the responder, whose hottest and most exposed parser
 * it is. A signature on a request is noticed, not verified.
 */
import type { Result } from '@ishizue/outcome';
import { writeExtensions } from '../certificate/extension.ts';
import { readGeneralName } from '../certificate/general-name.ts';
import { DerReader } from '../der/reader.ts';
import { passElement } from '../der/structure.ts';
import { contextConstructed } from '../der/tag.ts';
import { encodeDer } from '../der/writer.ts';
import type { X509FailureCode } from '../failure.ts';
import { type CertId, readCertId } from './cert-id.ts';
import { NO_OCSP_EXTENSIONS, ocspNonce, readOcspExtensions } from './ocsp-extension.ts';

/** A request that was read. */
export interface OcspRequest {
  readonly certIds: readonly CertId[];
  readonly nonce: Uint8Array | undefined;
  readonly isSigned: boolean;
}

/** What a responder accepts. */
export interface OcspRequestLimits {
  readonly bytesMax: number;
  readonly requestsMax: number;
}

const DEFAULT_LIMITS: OcspRequestLimits = { bytesMax: 16_384, requestsMax: 100 };

/** A request about one or more certificates, by their CertIDs in DER. RFC 9654 wants nonces of 32 octets. */
export function encodeOcspRequest(certIds: readonly Uint8Array[], nonce?: Uint8Array): Uint8Array {
  if (certIds.length === 0) throw new Error('an OCSP request about no certificate');
  return encodeDer((writer) =>
    writer.sequence(() =>
      writer.sequence(() => {
        writer.sequence(() => {
          for (const certId of certIds) writer.sequence(() => writer.raw(certId));
        });
        if (nonce !== undefined) {
          writer.wrap(contextConstructed(2), () => writeExtensions(writer, [ocspNonce(nonce)]));
        }
      }),
    ),
  );
}

function readRequest(reader: DerReader): CertId {
  reader.enterSequence();
  const certId = readCertId(reader);
  if (reader.more()) {
    reader.enter(contextConstructed(0));
    readOcspExtensions(reader);
    reader.leave();
  }
  reader.leave();
  return certId;
}

function readRequestList(reader: DerReader, requestsMax: number): CertId[] {
  const certIds: CertId[] = [];
  reader.enterSequence();
  if (!reader.more()) reader.reject('empty', 'requestList');
  while (reader.more()) {
    if (certIds.length >= requestsMax) reader.reject('ocsp-too-many-requests', `more than ${requestsMax}`);
    certIds.push(readRequest(reader));
  }
  reader.leave();
  return certIds;
}

/** A request from DER. Every failure is to be answered by `malformedRequest`. */
export function parseOcspRequest(
  der: Uint8Array,
  limits: OcspRequestLimits = DEFAULT_LIMITS,
): Result<OcspRequest, X509FailureCode> {
  const reader = new DerReader(der, limits.bytesMax);
  reader.enterSequence();
  reader.enterSequence();
  if (reader.peek() === contextConstructed(0)) reader.reject('version-unsupported', 'an OCSP version');
  if (reader.peek() === contextConstructed(1)) {
    reader.enter(contextConstructed(1));
    readGeneralName(reader);
    reader.leave();
  }
  const certIds = readRequestList(reader, limits.requestsMax);
  let { nonce } = NO_OCSP_EXTENSIONS;
  if (reader.more()) {
    reader.enter(contextConstructed(2));
    nonce = readOcspExtensions(reader).nonce;
    reader.leave();
  }
  reader.leave();
  const isSigned = reader.peek() === contextConstructed(0);
  if (isSigned) passElement(reader);
  reader.leave();
  return reader.finish({ certIds, nonce, isSigned });
}
