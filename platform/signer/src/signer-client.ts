/**
 * The other side of the socket: one connection, pipelined, typed. It connects again by itself, with growing pauses;
 * what was in flight when the connection broke comes to nothing (`signer-unavailable`), because nobody knows whether
 * it was done. Every operation may be repeated: keys are made once a name, a checkpoint may be signed again.
 */
import { randomBytes } from 'node:crypto';
import { ok } from '@ishizue/outcome';
import { checkpointText, noteSignatureLine } from './checkpoint-note.ts';
import { packDigits, unpackDigits } from './ff1.ts';
import type { KeyPairAlgorithm } from './key-uses.ts';
import type { TreeHead } from './merkle-consistency.ts';
import { PERMUTE_VALUES_MAX, PROTOCOL_VERSION, type SignerHealth } from './operations.ts';
import { type ChannelOptions, SignerChannel } from './signer-channel.ts';
import { refuse, type SignerResult } from './signer-code.ts';
import type { KeyDescription } from './stored-key.ts';

/** What is to be signed, in DER, and the name of the key. */
export interface SignTbs {
  readonly key: string;
  readonly tbs: Uint8Array;
}

/** A TBSCertList in parts, for lists of any length: what stands before the entries, the entries, what follows them. */
export interface SignList {
  readonly key: string;
  readonly head: Uint8Array;
  /** Whole entries, up to 250,000 octets at a time. It is read only as fast as the signer takes it, and to its end or not. */
  readonly entries: AsyncIterable<Uint8Array>;
  readonly tail: Uint8Array;
}

export interface SignCertificate extends SignTbs {
  readonly profile: string;
}

/** A tree head, and the proof (RFC 9162, 2.1.4) that it continues the one of `previousSize`. */
export interface SignCheckpoint {
  readonly key: string;
  /** Also the key's name in the note: printable ASCII without space and `+`, at most 200 characters. */
  readonly origin: string;
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** The size that was signed last for the origin, 0 for the first. */
  readonly previousSize: number;
  readonly consistencyProof: readonly Uint8Array[];
}

/** A signed checkpoint in the forms that are asked for. */
export interface SignedCheckpoint {
  /** The whole note: text, blank line, signature line. */
  readonly note: string;
  /** `— origin base64`, with its newline. */
  readonly signatureLine: string;
  /** The Ed25519 signature over the text alone, 64 bytes. */
  readonly signature: Buffer;
}

export interface PermuteValues {
  readonly key: string;
  /** 6 to 18. */
  readonly digits: number;
  /** Up to 10,000 strings of that many digits. */
  readonly values: readonly string[];
}

export interface LinkHeaderRequest {
  readonly key: string;
  /** As `JSON.stringify` writes it. */
  readonly header: string;
}

export class SignerClient {
  readonly #channel: SignerChannel;

  private constructor(channel: SignerChannel) {
    this.#channel = channel;
  }

  /** Connects, trying again for `connectMsMax` (5 s); refuses a signer that speaks another version. */
  static async connect(
    socketPath: string,
    options: ChannelOptions = {},
  ): Promise<SignerResult<SignerClient>> {
    const channel = await SignerChannel.open(socketPath, options);
    if (!channel.ok) return channel;
    const client = new SignerClient(channel.value);
    const version = await client.ping();
    if (version.ok && version.value === PROTOCOL_VERSION) return ok(client);
    await client.close();
    return version.ok ? refuse('signer-unavailable', `it speaks version ${version.value}`) : version;
  }

  /** The protocol's version. */
  ping(): Promise<SignerResult<number>> {
    return this.#channel.ask('ping', undefined);
  }

  health(): Promise<SignerResult<SignerHealth>> {
    return this.#channel.ask('health', undefined);
  }

  /** The public key (SPKI, DER) of that name, made where there is none; `key-differs` where it is another kind. */
  generateKey(
    name: string,
    algorithm: KeyPairAlgorithm,
    uses: readonly string[],
  ): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('generateKey', { name, algorithm, uses });
  }

  /** SubjectPublicKeyInfo in DER. */
  publicKey(name: string): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('publicKey', { name });
  }

  /** Every key and secret by name, without its material. */
  listKeys(): Promise<SignerResult<readonly KeyDescription[]>> {
    return this.#channel.ask('listKeys', undefined);
  }

  /** Makes a secret of 32 bytes where there is none of that name. */
  ensureSecret(name: string, uses: readonly string[]): Promise<SignerResult<undefined>> {
    return this.#channel.ask('ensureSecret', { name, uses });
  }

  /** The signature over a TBSCertificate that passes the profile's lint. */
  signCertificate(request: SignCertificate): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('signCertificate', { ...request, tbs: asBuffer(request.tbs) });
  }

  /** The signature over a TBSCertList of at most 1 MiB. */
  signCrl({ key, tbs }: SignTbs): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('signCrl', { key, tbs: asBuffer(tbs) });
  }

  /** The signature over a TBSCertList that goes in parts: the signer lints and hashes them as they come. */
  async signList({ key, head, entries, tail }: SignList): Promise<SignerResult<Buffer>> {
    const id = randomBytes(LIST_ID_BYTES);
    // one part is under way while the next one is made
    let underWay = this.#channel.ask('openList', { key, id, head: asBuffer(head) });
    for await (const part of entries) {
      const taken = await underWay;
      if (!taken.ok) return taken;
      underWay = this.#channel.ask('extendList', { id, part: asBuffer(part) });
    }
    const taken = await underWay;
    return taken.ok ? this.#channel.ask('signList', { id, part: asBuffer(tail) }) : taken;
  }

  /** The signature over an OCSP ResponseData. */
  signOcsp({ key, tbs }: SignTbs): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('signOcsp', { key, tbs: asBuffer(tbs) });
  }

  /**
   * Signs a tree head that continues the last one signed for the origin, and the same one again. After
   * `checkpoint-previous-differs` ask `lastCheckpoint` and prove from there.
   */
  async signCheckpoint(request: SignCheckpoint): Promise<SignerResult<SignedCheckpoint>> {
    const rootHash = asBuffer(request.rootHash);
    const consistencyProof = request.consistencyProof.map(asBuffer);
    const signed = await this.#channel.ask('signCheckpoint', { ...request, rootHash, consistencyProof });
    if (!signed.ok) return signed;
    const { keyId, signature } = signed.value;
    const signatureLine = noteSignatureLine(request.origin, keyId, signature);
    const text = checkpointText(request.origin, { size: request.size, rootHash });
    return ok({ note: `${text}\n${signatureLine}`, signatureLine, signature });
  }

  /** The last head that was, or may have been, signed for the origin. */
  lastCheckpoint(origin: string): Promise<SignerResult<TreeHead | undefined>> {
    return this.#channel.ask('lastCheckpoint', { origin });
  }

  /** The Ed25519 signature over `linkSignedBytes(header)`, 64 bytes; the key is `link/<site>`. */
  signEnvelope({ key, header }: LinkHeaderRequest): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('signEnvelope', { key, header: Buffer.from(header, 'utf8') });
  }

  /** As `signEnvelope`, for `kind` 'acknowledgement'. */
  signAcknowledgement({ key, header }: LinkHeaderRequest): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('signAcknowledgement', { key, header: Buffer.from(header, 'utf8') });
  }

  /** The values under the key's permutation, in the same order. */
  permute(request: PermuteValues): Promise<SignerResult<string[]>> {
    return this.#permute('permute', request);
  }

  /** The inverse, for keys whose uses list `permute-inverse`. */
  unpermute(request: PermuteValues): Promise<SignerResult<string[]>> {
    return this.#permute('unpermute', request);
  }

  /** A certification request (PKCS#10) of a site's link key, which proves that the key is held here. */
  requestCertificate(name: string): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('requestCertificate', { name });
  }

  /** 32 bytes that depend on the secret and the label alone. */
  deriveKey(request: { readonly secret: string; readonly label: string }): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('deriveKey', request);
  }

  /** The JWS signature over `header.payload` of an ID token of the key’s issuer. */
  signToken({
    key,
    input,
  }: {
    readonly key: string;
    readonly input: Uint8Array;
  }): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('signToken', { key, input: asBuffer(input) });
  }

  /** The signature over octets of the form that is the key’s, where the form’s lint accepts them. */
  signForm({
    key,
    octets,
  }: {
    readonly key: string;
    readonly octets: Uint8Array;
  }): Promise<SignerResult<Buffer>> {
    return this.#channel.ask('signForm', { key, octets: asBuffer(octets) });
  }

  /** Takes no more requests, waits for those in flight, and disconnects. */
  close(): Promise<void> {
    return this.#channel.close();
  }

  async #permute(
    operation: 'permute' | 'unpermute',
    request: PermuteValues,
  ): Promise<SignerResult<string[]>> {
    const { key, digits, values } = request;
    const packed = values.length <= PERMUTE_VALUES_MAX ? packDigits(values, digits) : undefined;
    if (!packed)
      return refuse('digits-invalid', `not up to ${PERMUTE_VALUES_MAX} values of ${digits} digits`);
    const permuted = await this.#channel.ask(operation, { key, digits, packed });
    return permuted.ok ? ok(unpackDigits(permuted.value, digits)) : permuted;
  }
}

const LIST_ID_BYTES = 32;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
