/**
 * Candidate paths from a certificate up to an anchor (RFC 4158): depth first over issuers of the right name, those that the
 * authority key identifier names first, each edge a signature that holds. Certificates come from anywhere, also from who
 * wants to exhaust us: depth, signatures tried and paths handed out are bounded, and no name with its key stands twice.
 */
import { fail, type Result } from '@ishizue/outcome';
import type { Certificate, Name } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { nameKey } from '../names/name-key.ts';
import type { VerificationFailure } from '../report.ts';
import { verifySigned } from '../signature/verify-message.ts';

const DEPTH_MAX = 16;
const SIGNATURES_MAX = 256;
const PATHS_MAX = 32;

/** A path that hangs together by names and signatures; whether it holds is for `validatePath`. */
export interface CandidatePath {
  readonly anchor: Certificate;
  /** From below the anchor down to the certificate in question. */
  readonly path: readonly Certificate[];
}

const sameOctets = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Certificates by the key of their subject's name: who may have issued what. */
export class CertificateStore {
  readonly #bySubject: Map<string, Certificate[]>;

  constructor(certificates: readonly Certificate[]) {
    this.#bySubject = Map.groupBy(certificates, ({ subject }) => nameKey(subject));
  }

  /** Those of a name. */
  find(name: Name): readonly Certificate[] {
    return this.#bySubject.get(nameKey(name)) ?? [];
  }
}

/** The search; `failure` says why there was no path once the generator is through. */
export class PathSearch {
  readonly #store: CertificateStore;
  readonly #anchors: readonly Certificate[];
  #signatures = 0;
  #paths = 0;
  #refusal: VerificationFailure | undefined;
  #gaveUp = false;

  constructor(store: CertificateStore, anchors: readonly Certificate[]) {
    this.#store = store;
    this.#anchors = anchors;
  }

  get failure(): VerificationFailure {
    if (this.#gaveUp) return { code: 'search-limit', detail: 'too many issuers or paths to try' };
    return this.#refusal ?? { code: 'issuer-not-found', detail: 'no path to an anchor' };
  }

  /** Paths to an anchor, the likeliest first. */
  *paths(certificate: Certificate): Generator<CandidatePath, void, undefined> {
    yield* this.#climb([certificate]);
  }

  *#climb(path: readonly [Certificate, ...Certificate[]]): Generator<CandidatePath, void, undefined> {
    const [child] = path;
    const tried: Result<undefined, VerificationFailureCode>[] = [];
    const isSigned = (key: Certificate['publicKey']): boolean => {
      const signature = this.#verify(child, key);
      tried.push(signature);
      return signature.ok;
    };
    for (const anchor of this.#anchors) {
      if (nameKey(anchor.subject) !== nameKey(child.issuer) || !isSigned(anchor.publicKey)) continue;
      if (++this.#paths > PATHS_MAX) this.#gaveUp = true;
      if (this.#gaveUp) return;
      yield { anchor, path };
    }
    if (path.length >= DEPTH_MAX) return;
    for (const issuer of this.#issuersOf(child)) {
      if (this.#gaveUp) return;
      if (!stands(issuer, path) && isSigned(issuer.publicKey)) yield* this.#climb([issuer, ...path]);
    }
    const [first] = tried;
    if (first?.ok === false && !tried.some(({ ok }) => ok)) this.#refusal ??= first.failure;
  }

  /** By name; first those that the authority key identifier names, among them first those that an anchor issued. */
  #issuersOf({ issuer, known }: Certificate): readonly Certificate[] {
    const wanted = known.authorityKeyIdentifier?.keyIdentifier;
    const rank = (candidate: Certificate): number => {
      const own = candidate.known.subjectKeyIdentifier;
      const isBelowAnchor = this.#anchors.some(
        ({ subject }) => nameKey(subject) === nameKey(candidate.issuer),
      );
      const isNamed = wanted === undefined || own === undefined || sameOctets(own, wanted);
      return (isNamed ? 0 : 2) + (isBelowAnchor ? 0 : 1);
    };
    return this.#store.find(issuer).toSorted((a, b) => rank(a) - rank(b));
  }

  #verify(child: Certificate, key: Certificate['publicKey']): Result<undefined, VerificationFailureCode> {
    if (++this.#signatures > SIGNATURES_MAX) this.#gaveUp = true;
    return this.#gaveUp ? fail('search-limit', 'too many signatures') : verifySigned(child, key);
  }
}

/** Whether the path has this name with this key already: going over it again proves nothing. */
const stands = (candidate: Certificate, path: readonly Certificate[]): boolean =>
  path.some(
    ({ subject, publicKey }) =>
      sameOctets(publicKey.der, candidate.publicKey.der) && nameKey(subject) === nameKey(candidate.subject),
  );
