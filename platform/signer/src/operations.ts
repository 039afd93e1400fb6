/**
 * Every operation on the socket, once for both ends: its number, its sizes, how request and answer are written
 * (PROTOCOL.md lists the same). Numbers are never reused.
 */

import { KEYS_MAX, type KeyAlgorithm, USES_MAX } from './key-uses.ts';
import type { TreeHead } from './merkle-consistency.ts';
import { isSignerRequestCode, type SignerRequestCode } from './signer-code.ts';
import { type KeyDescription, keyAlgorithm, keyDescriptionFields } from './stored-key.ts';
import {
  bytes,
  type Codec,
  flag,
  hash32,
  list,
  narrowed,
  nothing,
  optional,
  record,
  text,
  u8,
  u16,
  u32,
  u64,
} from './wire.ts';

export const PROTOCOL_VERSION = 1;
export const PERMUTE_VALUES_MAX = 10_000;

const KIB = 1024;
const MIB = 1024 * KIB;

/** What the signer tells of itself. */
export interface SignerHealth {
  readonly keys: number;
  readonly origins: number;
  readonly connections: number;
  /** Requests answered since the start, refusals included. */
  readonly answered: number;
  readonly refused: number;
  /** False after a failed write of the checkpoint state: restart the signer. */
  readonly signsCheckpoints: boolean;
}

export interface CertificateRequest {
  readonly key: string;
  readonly profile: string;
  readonly tbs: Buffer;
}

export interface TbsRequest {
  readonly key: string;
  readonly tbs: Buffer;
}

/** The beginning of a list that comes in parts; the client draws the id, under which its other parts follow. */
export interface OpenListRequest {
  readonly key: string;
  readonly id: Buffer;
  /** TBSCertList up to its first entry. */
  readonly head: Buffer;
}

/** The next part of a list: whole entries, or in the end what follows them. */
export interface ListPartRequest {
  readonly id: Buffer;
  readonly part: Buffer;
}

export interface CheckpointRequest extends TreeHead {
  readonly key: string;
  readonly origin: string;
  readonly previousSize: number;
  readonly consistencyProof: readonly Buffer[];
}

export interface HeaderRequest {
  readonly key: string;
  readonly header: Buffer;
}

export interface PermuteRequest {
  readonly key: string;
  readonly digits: number;
  /** The ASCII digits of all values. */
  readonly packed: Buffer;
}

/** `header.payload` of an ID token, as JWS signs it. */
export interface TokenRequest {
  readonly key: string;
  readonly input: Buffer;
}

/** Octets of the form that is the key’s. */
export interface FormRequest {
  readonly key: string;
  readonly octets: Buffer;
}

interface KeyRequest {
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  readonly uses: readonly string[];
}

export interface Requests {
  ping: undefined;
  health: undefined;
  generateKey: KeyRequest;
  publicKey: { readonly name: string };
  listKeys: undefined;
  ensureSecret: Omit<KeyRequest, 'algorithm'>;
  signCertificate: CertificateRequest;
  signCrl: TbsRequest;
  signOcsp: TbsRequest;
  signCheckpoint: CheckpointRequest;
  lastCheckpoint: { readonly origin: string };
  signEnvelope: HeaderRequest;
  signAcknowledgement: HeaderRequest;
  permute: PermuteRequest;
  unpermute: PermuteRequest;
  deriveKey: { readonly secret: string; readonly label: string };
  requestCertificate: { readonly name: string };
  openList: OpenListRequest;
  extendList: ListPartRequest;
  signList: ListPartRequest;
  signToken: TokenRequest;
  signForm: FormRequest;
}

export interface Answers {
  ping: number;
  health: SignerHealth;
  generateKey: Buffer;
  publicKey: Buffer;
  listKeys: readonly KeyDescription[];
  ensureSecret: undefined;
  signCertificate: Buffer;
  signCrl: Buffer;
  signOcsp: Buffer;
  signCheckpoint: { readonly keyId: Buffer; readonly signature: Buffer };
  lastCheckpoint: TreeHead | undefined;
  signEnvelope: Buffer;
  signAcknowledgement: Buffer;
  permute: Buffer;
  unpermute: Buffer;
  deriveKey: Buffer;
  requestCertificate: Buffer;
  openList: undefined;
  extendList: undefined;
  signList: Buffer;
  signToken: Buffer;
  signForm: Buffer;
}

export type OperationName = keyof Requests;

export interface Operation<Request, Answer> {
  readonly number: number;
  readonly requestBytesMax: number;
  readonly request: Codec<Request>;
  readonly answer: Codec<Answer>;
}

const uses = list(text, USES_MAX);
const treeHead = record<TreeHead>({ size: u64, rootHash: hash32 });
const tbsRequest = record<TbsRequest>({ key: text, tbs: bytes });
const listPartRequest = record<ListPartRequest>({ id: hash32, part: bytes });
const headerRequest = record<HeaderRequest>({ key: text, header: bytes });
const permuteRequest = record<PermuteRequest>({ key: text, digits: u8, packed: bytes });

const SMALL = 16 * KIB;

export const operations: { readonly [Name in OperationName]: Operation<Requests[Name], Answers[Name]> } = {
  ping: { number: 1, requestBytesMax: 0, request: nothing, answer: u16 },
  health: {
    number: 2,
    requestBytesMax: 0,
    request: nothing,
    answer: record<SignerHealth>({
      keys: u32,
      origins: u32,
      connections: u32,
      answered: u64,
      refused: u64,
      signsCheckpoints: flag,
    }),
  },
  generateKey: {
    number: 3,
    requestBytesMax: SMALL,
    request: record<KeyRequest>({ name: text, algorithm: keyAlgorithm, uses }),
    answer: bytes,
  },
  publicKey: { number: 4, requestBytesMax: SMALL, request: record({ name: text }), answer: bytes },
  listKeys: {
    number: 5,
    requestBytesMax: 0,
    request: nothing,
    answer: list(record<KeyDescription>(keyDescriptionFields), KEYS_MAX),
  },
  ensureSecret: { number: 6, requestBytesMax: SMALL, request: record({ name: text, uses }), answer: nothing },
  signCertificate: {
    number: 7,
    requestBytesMax: 64 * KIB,
    request: record<CertificateRequest>({ key: text, profile: text, tbs: bytes }),
    answer: bytes,
  },
  signCrl: { number: 8, requestBytesMax: MIB, request: tbsRequest, answer: bytes },
  signOcsp: { number: 9, requestBytesMax: 64 * KIB, request: tbsRequest, answer: bytes },
  signCheckpoint: {
    number: 10,
    requestBytesMax: SMALL,
    request: record<CheckpointRequest>({
      key: text,
      origin: text,
      size: u64,
      rootHash: hash32,
      previousSize: u64,
      consistencyProof: list(hash32, 64),
    }),
    answer: record({ keyId: bytes, signature: bytes }),
  },
  lastCheckpoint: {
    number: 11,
    requestBytesMax: SMALL,
    request: record({ origin: text }),
    answer: optional(treeHead),
  },
  signEnvelope: { number: 12, requestBytesMax: 64 * KIB, request: headerRequest, answer: bytes },
  signAcknowledgement: { number: 13, requestBytesMax: 64 * KIB, request: headerRequest, answer: bytes },
  permute: { number: 14, requestBytesMax: 256 * KIB, request: permuteRequest, answer: bytes },
  unpermute: { number: 15, requestBytesMax: 256 * KIB, request: permuteRequest, answer: bytes },
  deriveKey: {
    number: 16,
    requestBytesMax: SMALL,
    request: record({ secret: text, label: text }),
    answer: hash32,
  },
  requestCertificate: { number: 17, requestBytesMax: SMALL, request: record({ name: text }), answer: bytes },
  openList: {
    number: 18,
    requestBytesMax: 128 * KIB,
    request: record<OpenListRequest>({ key: text, id: hash32, head: bytes }),
    answer: nothing,
  },
  extendList: { number: 19, requestBytesMax: 256 * KIB, request: listPartRequest, answer: nothing },
  signList: { number: 20, requestBytesMax: 128 * KIB, request: listPartRequest, answer: bytes },
  signToken: {
    number: 21,
    requestBytesMax: SMALL,
    request: record<TokenRequest>({ key: text, input: bytes }),
    answer: bytes,
  },
  signForm: {
    number: 22,
    requestBytesMax: 64 * KIB,
    request: record<FormRequest>({ key: text, octets: bytes }),
    answer: bytes,
  },
};

const NAMES_BY_NUMBER: ReadonlyMap<number, OperationName> = new Map(
  (Object.keys(operations) as OperationName[]).map((name) => [operations[name].number, name]),
);

export const operationNumbered = (number: number): OperationName | undefined => NAMES_BY_NUMBER.get(number);

/** The kinds of an answer's frame. */
export const ANSWER_OK = 0;
export const ANSWER_REFUSED = 1;
export const ANSWER_BYTES_MAX = 32 * MIB;

/** A refusal on the socket. */
export const refusal = record<{ readonly code: SignerRequestCode; readonly detail: string }>({
  code: narrowed(text, isSignerRequestCode, 'internal-error'),
  detail: text,
});
