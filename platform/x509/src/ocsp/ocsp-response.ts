/**
 * OCSPResponse (RFC 6960 4.2.1): a signed basic response around ResponseData, or one of the error messages, which are
 * five octets and carry no signature.
 */
import type { Result } from '@ishizue/outcome';
import type { SignatureAlgorithm } from '../certificate/algorithm.ts';
import { readSignature, type Signed } from '../certificate/signature.ts';
import { DerReader } from '../der/reader.ts';
import { contextConstructed, OCTET_STRING, SEQUENCE } from '../der/tag.ts';
import { encodeDer } from '../der/writer.ts';
import type { X509FailureCode } from '../failure.ts';
import { OCSP_RESPONSE_BYTES_MAX, type ResponseData, readResponseData } from './response-data.ts';

const STATUS_CODES = {
  successful: 0,
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  sigRequired: 5,
  unauthorized: 6,
} as const;

/** The status of a whole response; all but `successful` are errors. */
export type OcspResponseStatus = keyof typeof STATUS_CODES;

const STATUSES: readonly (OcspResponseStatus | undefined)[] = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  undefined,
  'sigRequired',
  'unauthorized',
];

const BASIC_OID = '1.3.6.1.5.5.7.48.1.1';
/** A response with more certificates than this is refused. */
const CERTIFICATES_MAX = 8;

/** What a successful response is assembled from. */
export interface OcspResponseParts {
  readonly responseData: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  /** The delegated responder's certificate in DER; none where the authority answers itself. */
  readonly certificates: readonly Uint8Array[];
}

/** The signed part of a response that was read. */
export interface BasicOcspResponse extends ResponseData, Signed {
  /** Certificates that the responder sent, in DER and unread. */
  readonly certificates: readonly Uint8Array[];
}

/** A response that was read: `basic` is there when it was successful. */
export type OcspResponse =
  | { readonly status: 'successful'; readonly basic: BasicOcspResponse }
  | { readonly status: Exclude<OcspResponseStatus, 'successful'>; readonly basic: undefined };

/** A successful response, signature and certificates put around ResponseData. */
export function assembleOcspResponse(parts: OcspResponseParts): Uint8Array {
  return encodeDer((writer) =>
    writer.sequence(() => {
      writer.enumerated(STATUS_CODES.successful);
      writer.wrap(contextConstructed(0), () =>
        writer.sequence(() => {
          writer.oid(BASIC_OID);
          writer.wrap(OCTET_STRING, () =>
            writer.sequence(() => {
              writer.raw(parts.responseData);
              writer.raw(parts.signatureAlgorithm.der);
              writer.bitString(parts.signature);
              if (parts.certificates.length === 0) return;
              writer.wrap(contextConstructed(0), () =>
                writer.sequence(() => {
                  for (const certificate of parts.certificates) writer.raw(certificate);
                }),
              );
            }),
          );
        }),
      );
    }),
  );
}

/** An error message. It is not signed, so nobody should believe more of it than "ask again". */
export function ocspErrorResponse(status: Exclude<OcspResponseStatus, 'successful'>): Uint8Array {
  return encodeDer((writer) => writer.sequence(() => writer.enumerated(STATUS_CODES[status])));
}

function readCertificates(reader: DerReader): Uint8Array[] {
  if (!reader.more()) return [];
  const certificates: Uint8Array[] = [];
  reader.enter(contextConstructed(0));
  reader.enterSequence();
  while (reader.more()) {
    if (certificates.length >= CERTIFICATES_MAX)
      reader.reject('too-large', `more than ${CERTIFICATES_MAX} certificates`);
    certificates.push(reader.element(SEQUENCE));
  }
  reader.leave();
  reader.leave();
  return certificates;
}

function readBasicResponse(reader: DerReader): BasicOcspResponse {
  reader.enterSequence();
  const data = readResponseData(reader);
  const { signatureAlgorithm, signature } = readSignature(reader);
  const certificates = readCertificates(reader);
  reader.leave();
  return { ...data, signatureAlgorithm, signature, certificates };
}

function readResponseStatus(reader: DerReader): OcspResponseStatus {
  const status = STATUSES[reader.enumerated(STATUS_CODES.unauthorized)];
  if (status === undefined) reader.reject('integer-invalid', 'a response status');
  return status ?? 'internalError'; // never handed out: the reader has failed
}

function readResponseBytes(reader: DerReader): BasicOcspResponse {
  reader.enter(contextConstructed(0));
  reader.enterSequence();
  if (reader.oid() !== BASIC_OID) reader.reject('ocsp-response-type-unknown', 'a response type');
  reader.enter(OCTET_STRING);
  const basic = readBasicResponse(reader);
  reader.leave();
  reader.leave();
  reader.leave();
  return basic;
}

/** A response from DER, signature unverified: see `verifyOcspResponse`. */
export function parseOcspResponse(der: Uint8Array): Result<OcspResponse, X509FailureCode> {
  const reader = new DerReader(der, OCSP_RESPONSE_BYTES_MAX);
  reader.enterSequence();
  const status = readResponseStatus(reader);
  const response: OcspResponse =
    status === 'successful' ? { status, basic: readResponseBytes(reader) } : { status, basic: undefined };
  reader.leave();
  return reader.finish(response);
}
