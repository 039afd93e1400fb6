/**
 * ResponseData (RFC 6960 4.2.1): what a responder says and signs. Times are GeneralizedTime throughout; the responder
 * is named by the SHA-1 of its key when written, by key or name when read.
 */
import type { Result } from '@ishizue/outcome';
import { type Extension, writeExtensions } from '../certificate/extension.ts';
import { type Name, readName } from '../certificate/name.ts';
import {
  findRevocationReason,
  REASON_CODE_MAX,
  REVOCATION_REASONS,
  type RevocationReason,
} from '../crl/revocation-reason.ts';
import { DerReader } from '../der/reader.ts';
import { contextConstructed, contextPrimitive } from '../der/tag.ts';
import { type DerWriter, encodeDer } from '../der/writer.ts';
import type { X509FailureCode } from '../failure.ts';
import { type CertId, readCertId } from './cert-id.ts';
import { NO_OCSP_EXTENSIONS, type OcspExtensions, ocspNonce, readOcspExtensions } from './ocsp-extension.ts';

/** More octets than this are no OCSP response here. */
export const OCSP_RESPONSE_BYTES_MAX = 65_536;
const RESPONSES_MAX = 256;

/** A certificate's status. `unknown` is what is said of a serial number that was never issued. */
export type CertStatus =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly revokedAt: number; readonly reason?: RevocationReason | undefined }
  | { readonly status: 'unknown' };

/** What is said about one certificate. Instants are milliseconds since the epoch. */
export interface SingleResponseSpec {
  /** The CertID in DER, octet by octet as it was asked. */
  readonly certId: Uint8Array;
  readonly status: CertStatus;
  readonly thisUpdate: number;
  /** Undefined: newer information is available all the time. */
  readonly nextUpdate?: number | undefined;
  readonly extensions?: readonly Extension[] | undefined;
}

/** What to write. */
export interface ResponseDataSpec {
  /** SHA-1 of the responder's key: its `keyIdentifier`. */
  readonly responderKeyHash: Uint8Array;
  readonly producedAt: number;
  readonly responses: readonly SingleResponseSpec[];
  /** The request's, if it had one. */
  readonly nonce?: Uint8Array | undefined;
  readonly extensions?: readonly Extension[] | undefined;
}

/** What was read about one certificate. */
export interface SingleResponse extends OcspExtensions {
  readonly certId: CertId;
  readonly status: CertStatus;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

/** Who answers: by the SHA-1 of the key, or by name. */
export type ResponderId =
  | { readonly kind: 'key'; readonly keyHash: Uint8Array }
  | { readonly kind: 'name'; readonly name: Name };

/** ResponseData that was read. */
export interface ResponseData extends OcspExtensions {
  /** The octets that are signed. */
  readonly tbs: Uint8Array;
  readonly responderId: ResponderId;
  readonly producedAt: number;
  readonly responses: readonly SingleResponse[];
}

function writeStatus(writer: DerWriter, status: CertStatus): void {
  if (status.status !== 'revoked') {
    writer.header(contextPrimitive(status.status === 'good' ? 0 : 2), 0);
    return;
  }
  const { revokedAt, reason } = status;
  writer.wrap(contextConstructed(1), () => {
    writer.generalizedTime(revokedAt);
    if (reason !== undefined && reason !== 'unspecified') {
      writer.wrap(contextConstructed(0), () => writer.enumerated(REVOCATION_REASONS[reason]));
    }
  });
}

function writeSingleResponse(writer: DerWriter, single: SingleResponseSpec): void {
  const { nextUpdate, extensions = [] } = single;
  writer.sequence(() => {
    writer.raw(single.certId);
    writeStatus(writer, single.status);
    writer.generalizedTime(single.thisUpdate);
    if (nextUpdate !== undefined)
      writer.wrap(contextConstructed(0), () => writer.generalizedTime(nextUpdate));
    if (extensions.length > 0) writer.wrap(contextConstructed(1), () => writeExtensions(writer, extensions));
  });
}

/** ResponseData in DER: what the responder's key signs. */
export function encodeResponseData(spec: ResponseDataSpec): Uint8Array {
  if (spec.responses.length === 0) throw new Error('an OCSP response about no certificate');
  const { nonce, extensions = [] } = spec;
  const all = nonce === undefined ? extensions : [ocspNonce(nonce), ...extensions];
  return encodeDer((writer) =>
    writer.sequence(() => {
      writer.wrap(contextConstructed(2), () => writer.octetString(spec.responderKeyHash));
      writer.generalizedTime(spec.producedAt);
      writer.sequence(() => {
        for (const single of spec.responses) writeSingleResponse(writer, single);
      });
      if (all.length > 0) writer.wrap(contextConstructed(1), () => writeExtensions(writer, all));
    }),
  );
}

function readReason(reader: DerReader): RevocationReason | undefined {
  if (!reader.more()) return undefined;
  reader.enter(contextConstructed(0));
  const reason = findRevocationReason(reader.enumerated(REASON_CODE_MAX));
  if (reason === undefined) reader.reject('reason-invalid', 'a reason code');
  reader.leave();
  return reason;
}

function readStatus(reader: DerReader): CertStatus {
  switch (reader.peek()) {
    case contextPrimitive(0):
      reader.null(contextPrimitive(0));
      return { status: 'good' };
    case contextConstructed(1): {
      reader.enter(contextConstructed(1));
      const revokedAt = reader.generalizedTime();
      const reason = readReason(reader);
      reader.leave();
      return { status: 'revoked', revokedAt, reason };
    }
    default:
      reader.null(contextPrimitive(2));
      return { status: 'unknown' };
  }
}

function readNextUpdate(reader: DerReader): number | undefined {
  if (reader.peek() !== contextConstructed(0)) return undefined;
  reader.enter(contextConstructed(0));
  const nextUpdate = reader.generalizedTime();
  reader.leave();
  return nextUpdate;
}

/** Extensions under `[1]`, where a single response and the whole have them. */
function readOptionalExtensions(reader: DerReader): OcspExtensions {
  if (!reader.more()) return NO_OCSP_EXTENSIONS;
  reader.enter(contextConstructed(1));
  const read = readOcspExtensions(reader);
  reader.leave();
  return read;
}

function readSingleResponse(reader: DerReader): SingleResponse {
  reader.enterSequence();
  const certId = readCertId(reader);
  const status = readStatus(reader);
  const thisUpdate = reader.generalizedTime();
  const nextUpdate = readNextUpdate(reader);
  const { extensions, nonce } = readOptionalExtensions(reader);
  reader.leave();
  return { certId, status, thisUpdate, nextUpdate, extensions, nonce };
}

function readResponderId(reader: DerReader): ResponderId {
  const isByName = reader.peek() === contextConstructed(1);
  reader.enter(contextConstructed(isByName ? 1 : 2));
  const responderId: ResponderId = isByName
    ? { kind: 'name', name: readName(reader) }
    : { kind: 'key', keyHash: reader.octetString() };
  reader.leave();
  return responderId;
}

function readSingleResponses(reader: DerReader): SingleResponse[] {
  const responses: SingleResponse[] = [];
  reader.enterSequence();
  if (!reader.more()) reader.reject('empty', 'responses');
  while (reader.more()) {
    if (responses.length >= RESPONSES_MAX) reader.reject('too-large', `more than ${RESPONSES_MAX} responses`);
    responses.push(readSingleResponse(reader));
  }
  reader.leave();
  return responses;
}

/** Reads ResponseData. */
export function readResponseData(reader: DerReader): ResponseData {
  const start = reader.offset;
  reader.enterSequence();
  if (reader.peek() === contextConstructed(0)) reader.reject('version-unsupported', 'an OCSP version');
  const responderId = readResponderId(reader);
  const producedAt = reader.generalizedTime();
  const responses = readSingleResponses(reader);
  const { extensions, nonce } = readOptionalExtensions(reader);
  reader.leave();
  return { tbs: reader.since(start), responderId, producedAt, responses, extensions, nonce };
}

/** ResponseData from DER: for the lint before signing. */
export function parseResponseData(der: Uint8Array): Result<ResponseData, X509FailureCode> {
  const reader = new DerReader(der, OCSP_RESPONSE_BYTES_MAX);
  return reader.finish(readResponseData(reader));
}
