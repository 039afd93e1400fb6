/**
 * One session of a PKCS#11 token: found by its label, logged in, opened again once where it was lost. Keys are made inside
 * (sensitive, never extractable), found by their id, and their handles remembered as long as the session. Its calls block:
 * it lives in a thread of its own (token-thread.ts).
 */
import { createPublicKey, randomBytes } from 'node:crypto';
import type pkcs11js from 'pkcs11js';
import type { TokenAlgorithm } from './token-algorithm.ts';
import { TokenFault, type TokenFaultCode, type TokenKeyPair, type TokenPlace } from './token-messages.ts';

export type Driver = typeof pkcs11js;

type Handle = pkcs11js.Handle;
type Template = pkcs11js.Template;

const RSA_EXPONENT = Buffer.from('010001', 'hex');
/** Object identifiers of the curves in DER. */
const CURVES = {
  'p-256': Buffer.from('06082a8648ce3d030107', 'hex'),
  'p-384': Buffer.from('06052b81040022', 'hex'),
} as const;
const ID_BYTES = 16;
const SIGNATURE_BYTES_MAX = 512;
const FOUND_MAX = 2;

export class TokenSession {
  readonly #driver: Driver;
  readonly #library: pkcs11js.PKCS11;
  readonly #place: TokenPlace;
  readonly #privateKeys = new Map<string, Handle>();
  #session: Handle | undefined;

  constructor(driver: Driver, place: TokenPlace) {
    this.#driver = driver;
    this.#place = place;
    this.#library = new driver.PKCS11();
    try {
      this.#library.load(place.library);
    } catch (error) {
      throw new TokenFault('token-library-missing', error instanceof Error ? error.message : 'not loaded');
    }
  }

  open(): void {
    this.#call(() => this.#opened());
  }

  close(): void {
    const session = this.#session;
    this.#forget();
    if (session === undefined) return;
    try {
      this.#library.C_CloseSession(session);
    } catch {
      // it is gone already
    }
  }

  finalize(): void {
    try {
      this.#library.C_Finalize();
    } catch {
      // nothing was initialized
    }
  }

  /** Makes a key pair, or takes the one of that label that an attempt before this one left. */
  generate(algorithm: TokenAlgorithm, label: string): TokenKeyPair {
    return this.#call(
      (session) => this.#findLabelled(session, algorithm, label) ?? this.#make(session, algorithm, label),
    );
  }

  sign(algorithm: TokenAlgorithm, id: Uint8Array, input: Uint8Array): Uint8Array {
    const { CKM_RSA_PKCS, CKM_ECDSA } = this.#driver;
    return this.#call((session) => {
      const mechanism = algorithm.startsWith('rsa-') ? CKM_RSA_PKCS : CKM_ECDSA;
      this.#library.C_SignInit(session, { mechanism }, this.#privateKey(session, id));
      return this.#library.C_Sign(session, Buffer.from(input), Buffer.alloc(SIGNATURE_BYTES_MAX));
    });
  }

  /** Does something in the session; a session that was lost is opened anew, once. */
  #call<T>(work: (session: Handle) => T): T {
    try {
      return work(this.#opened());
    } catch (error) {
      if (this.#faultOf(error).code !== 'token-away') throw this.#faultOf(error);
      this.close();
    }
    try {
      return work(this.#opened());
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  #opened(): Handle {
    if (this.#session) return this.#session;
    const { CKF_OS_LOCKING_OK, CKF_SERIAL_SESSION, CKF_RW_SESSION, CKU_USER } = this.#driver;
    this.#unless(['CKR_CRYPTOKI_ALREADY_INITIALIZED'], () =>
      this.#library.C_Initialize({ flags: CKF_OS_LOCKING_OK }),
    );
    const slot = this.#library
      .C_GetSlotList(true)
      .find((each) => this.#library.C_GetTokenInfo(each).label.trim() === this.#place.label);
    if (!slot) throw new TokenFault('token-not-found', 'no token has that label');
    const session = this.#library.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION);
    // one login is for all sessions of the process
    this.#unless(['CKR_USER_ALREADY_LOGGED_IN'], () =>
      this.#library.C_Login(session, CKU_USER, this.#place.pin),
    );
    this.#session = session;
    return session;
  }

  #unless(harmless: readonly string[], work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Error && harmless.some((name) => error.message.startsWith(name)))) throw error;
    }
  }

  #forget(): void {
    this.#session = undefined;
    this.#privateKeys.clear();
  }

  #faultOf(error: unknown): TokenFault {
    if (error instanceof TokenFault) return error;
    const said = error instanceof Error ? error.message : 'an unknown fault';
    const code: TokenFaultCode = said.startsWith('CKR_PIN_') ? 'token-pin-wrong' : 'token-away';
    return new TokenFault(code, said.slice(0, 200));
  }

  #find(session: Handle, template: Template): readonly Handle[] {
    this.#library.C_FindObjectsInit(session, template);
    try {
      return this.#library.C_FindObjects(session, FOUND_MAX);
    } finally {
      this.#library.C_FindObjectsFinal(session);
    }
  }

  #privateKey(session: Handle, id: Uint8Array): Handle {
    const { CKA_CLASS, CKO_PRIVATE_KEY, CKA_ID } = this.#driver;
    const name = Buffer.from(id).toString('hex');
    const known = this.#privateKeys.get(name);
    if (known) return known;
    const [key] = this.#find(session, [
      { type: CKA_CLASS, value: CKO_PRIVATE_KEY },
      { type: CKA_ID, value: Buffer.from(id) },
    ]);
    if (!key) throw new TokenFault('token-key-missing', 'the token has no key of that id');
    this.#privateKeys.set(name, key);
    return key;
  }

  #make(session: Handle, algorithm: TokenAlgorithm, label: string): TokenKeyPair {
    const driver = this.#driver;
    const id = randomBytes(ID_BYTES);
    const isCurve = algorithm === 'p-256' || algorithm === 'p-384';
    const kind: Template = isCurve
      ? [{ type: driver.CKA_EC_PARAMS, value: CURVES[algorithm] }]
      : [
          { type: driver.CKA_MODULUS_BITS, value: Number(algorithm.slice('rsa-'.length)) },
          { type: driver.CKA_PUBLIC_EXPONENT, value: RSA_EXPONENT },
        ];
    const common: Template = [
      { type: driver.CKA_TOKEN, value: true },
      { type: driver.CKA_ID, value: id },
      { type: driver.CKA_LABEL, value: label },
    ];
    const { publicKey } = this.#library.C_GenerateKeyPair(
      session,
      { mechanism: isCurve ? driver.CKM_EC_KEY_PAIR_GEN : driver.CKM_RSA_PKCS_KEY_PAIR_GEN },
      [
        ...common,
        ...kind,
        { type: driver.CKA_PRIVATE, value: false },
        { type: driver.CKA_VERIFY, value: true },
      ],
      [
        ...common,
        { type: driver.CKA_PRIVATE, value: true },
        { type: driver.CKA_SENSITIVE, value: true },
        { type: driver.CKA_EXTRACTABLE, value: false },
        { type: driver.CKA_SIGN, value: true },
      ],
    );
    return { id, spki: this.#spkiOf(session, algorithm, publicKey) };
  }

  /** A pair of that label; undefined where there is none, a fault where it is not one that we could have made. */
  #findLabelled(session: Handle, algorithm: TokenAlgorithm, label: string): TokenKeyPair | undefined {
    const driver = this.#driver;
    const ofClass = (value: number): readonly Handle[] =>
      this.#find(session, [
        { type: driver.CKA_CLASS, value },
        { type: driver.CKA_LABEL, value: label },
      ]);
    const privateKeys = ofClass(driver.CKO_PRIVATE_KEY);
    const publicKeys = ofClass(driver.CKO_PUBLIC_KEY);
    const [privateKey] = privateKeys;
    const [publicKey] = publicKeys;
    if (!privateKey && !publicKey) return undefined;
    if (!privateKey || !publicKey || privateKeys.length + publicKeys.length > 2)
      throw new TokenFault('token-key-differs', 'not one pair of that label');
    const [id, kind, sensitive, always, extractable, never] = this.#read(session, privateKey, [
      driver.CKA_ID,
      driver.CKA_KEY_TYPE,
      driver.CKA_SENSITIVE,
      driver.CKA_ALWAYS_SENSITIVE,
      driver.CKA_EXTRACTABLE,
      driver.CKA_NEVER_EXTRACTABLE,
    ]);
    const isOurs =
      id?.length === ID_BYTES &&
      kind?.readUInt8() === (algorithm.startsWith('rsa-') ? driver.CKK_RSA : driver.CKK_EC) &&
      [sensitive, always, never].every((flag) => flag?.readUInt8() === 1) &&
      extractable?.readUInt8() === 0;
    if (!id || !isOurs)
      throw new TokenFault('token-key-differs', 'the key of that label could leave the token');
    return { id, spki: this.#spkiOf(session, algorithm, publicKey) };
  }

  #read(session: Handle, object: Handle, types: readonly number[]): readonly Buffer[] {
    const asked = types.map((type) => ({ type }));
    return this.#library.C_GetAttributeValue(session, object, asked).map(({ value }) => value);
  }

  #spkiOf(session: Handle, algorithm: TokenAlgorithm, publicKey: Handle): Uint8Array {
    const driver = this.#driver;
    const text = (octets: Buffer | undefined): string => (octets ?? Buffer.alloc(0)).toString('base64url');
    const jwk = (() => {
      if (algorithm !== 'p-256' && algorithm !== 'p-384') {
        const [n, e] = this.#read(session, publicKey, [driver.CKA_MODULUS, driver.CKA_PUBLIC_EXPONENT]);
        return { kty: 'RSA', n: text(n), e: text(e) };
      }
      const [point] = this.#read(session, publicKey, [driver.CKA_EC_POINT]);
      const size = algorithm === 'p-256' ? 32 : 48;
      // an OCTET STRING around the point; some tokens give the point itself: what counts is its end
      const numbers = point?.subarray(-2 * size);
      return {
        kty: 'EC',
        crv: algorithm.toUpperCase(),
        x: text(numbers?.subarray(0, size)),
        y: text(numbers?.subarray(size)),
      };
    })();
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const isRight =
      algorithm.startsWith('p-') || key.asymmetricKeyDetails?.modulusLength === Number(algorithm.slice(4));
    if (!isRight) throw new TokenFault('token-key-differs', 'a modulus of another length');
    return key.export({ format: 'der', type: 'spki' });
  }
}
