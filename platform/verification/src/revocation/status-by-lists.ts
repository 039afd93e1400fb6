/**
 * The status of a certificate by CRLs (RFC 5280 6.3.3): over its distribution points and then its issuer, lists are taken
 * until all reasons are spoken for or one says that it is revoked. A list counts where its signer's own path to the same
 * anchor holds and is not revoked (f). A signer whose status hangs on its own list stands as long as nothing revokes it.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate, Crl, DistributionPoint, ReadCrlEntry } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { sameName } from '../names/name-key.ts';
import { type CertificateStore, PathSearch } from '../path/build-paths.ts';
import { validatePath } from '../path/validate-path.ts';
import { Trail } from '../report.ts';
import { verifySigned } from '../signature/verify-message.ts';
import { ALL_REASONS, checkScope, isDeltaOf, reasonsOf } from './list-scope.ts';
import { findEntry, type RevocationList } from './revocation-list.ts';

type Check = Result<undefined, VerificationFailureCode>;

/** Signers of lists within signers of lists. */
const NESTING_MAX = 4;
/** Lists looked at for one verdict: each may cost a signature and a path. */
const LISTS_MAX = 4096;

export interface ListSources {
  /** Lists whose extensions are understood, base and delta. */
  readonly lists: readonly RevocationList[];
  /** Where signers of lists are looked for. */
  readonly store: CertificateStore;
  readonly at: number;
}

/** Which list spoke, for the report. */
const tell = ({ crl, number }: RevocationList): string =>
  `list ${number ?? 'without a number'} of ${crl.issuer.toString()}, ${new Date(crl.thisUpdate).toISOString()}`;

/** An instant, within which a list is the latest (5.1.2.4, 5.1.2.5). */
function checkFresh({ thisUpdate, nextUpdate }: Crl, at: number): Check {
  if (at < thisUpdate) return fail('crl-not-yet-valid', 'the list is of the future');
  return nextUpdate !== undefined && at <= nextUpdate
    ? ok(undefined)
    : fail('crl-expired', 'a newer list must be there');
}

/** The points of a certificate, and its issuer as the point that every certificate has (6.3.3, last paragraph). */
const pointsOf = ({ known, issuer }: Certificate): readonly DistributionPoint[] => [
  ...(known.crlDistributionPoints ?? []),
  { fullName: [{ kind: 'directoryName', name: issuer }] },
];

export class StatusByLists {
  readonly #sources: ListSources;
  readonly #bases: readonly RevocationList[];
  readonly #deltas: readonly RevocationList[];
  /** Certificates whose status is being found right now. */
  readonly #underWay = new Set<Certificate>();
  #looked = 0;

  constructor(sources: ListSources) {
    this.#sources = sources;
    const newest = sources.lists.toSorted((a, b) => b.crl.thisUpdate - a.crl.thisUpdate);
    this.#bases = newest.filter(({ deltaOf }) => deltaOf === undefined);
    this.#deltas = newest.filter(({ deltaOf }) => deltaOf !== undefined);
  }

  /**
   * Whether the certificate is known not to be revoked, and by which lists.
   * @param above whoever issued it in the path that was validated, up to and with `anchor`
   */
  check(
    certificate: Certificate,
    above: Certificate,
    anchor: Certificate,
  ): Result<readonly string[], VerificationFailureCode> {
    this.#underWay.add(certificate);
    try {
      return this.#look(certificate, above, anchor);
    } finally {
      this.#underWay.delete(certificate);
    }
  }

  #look(
    certificate: Certificate,
    above: Certificate,
    anchor: Certificate,
  ): Result<readonly string[], VerificationFailureCode> {
    let mask = 0;
    let trouble: VerificationFailureCode | undefined;
    const told: string[] = [];
    for (const point of pointsOf(certificate)) {
      for (const list of this.#bases) {
        const reasons = reasonsOf(list, point);
        if ((reasons & ~mask) === 0 || !checkScope(certificate, point, list).ok) continue;
        const spoken = this.#ask(list, certificate, above, anchor);
        if (!spoken.ok) trouble ??= spoken.failure.code;
        else if (spoken.value !== undefined) return fail('certificate-revoked', reasonOf(spoken.value));
        else {
          mask |= reasons;
          told.push(tell(list));
        }
        if (mask === ALL_REASONS) return ok(told);
      }
    }
    return fail(
      'status-unknown',
      trouble ?? (mask === 0 ? 'no list covers it' : 'lists of some reasons only'),
    );
  }

  /** What a list that covers the certificate says of it: an entry, or none; a failure where the list does not count. */
  #ask(
    list: RevocationList,
    certificate: Certificate,
    above: Certificate,
    anchor: Certificate,
  ): Result<ReadCrlEntry | undefined, VerificationFailureCode> {
    if (++this.#looked > LISTS_MAX) return fail('search-limit', `more than ${LISTS_MAX} lists`);
    const signer = this.#checkSigner(list.crl, above, anchor);
    if (!signer.ok) return signer;
    const delta = this.#deltas.find(
      (each) =>
        isDeltaOf(each, list) &&
        checkFresh(each.crl, this.#sources.at).ok &&
        this.#checkSigner(each.crl, above, anchor).ok,
    );
    const { issuer, serial } = certificate;
    if (delta !== undefined) {
      const entry = findEntry(delta, issuer, serial);
      if (entry !== undefined) return ok(entry.reason === 'removeFromCRL' ? undefined : entry);
    } else {
      const fresh = checkFresh(list.crl, this.#sources.at);
      if (!fresh.ok) return fresh;
    }
    return ok(findEntry(list, issuer, serial));
  }

  /** (f), (g): whoever signed the list may do so, for the same anchor. */
  #checkSigner(crl: Crl, above: Certificate, anchor: Certificate): Check {
    let refusal: Check = fail('crl-issuer-mismatch', 'nobody is known who signed the list');
    for (const signer of [above, anchor, ...this.#sources.store.find(crl.issuer)]) {
      if (!sameName(signer.subject, crl.issuer)) continue;
      const check = this.#checkOneSigner(signer, crl, above, anchor);
      if (check.ok) return check;
      if (refusal.ok || refusal.failure.code === 'crl-issuer-mismatch') refusal = check;
    }
    return refusal;
  }

  #checkOneSigner(signer: Certificate, crl: Crl, above: Certificate, anchor: Certificate): Check {
    const signature = verifySigned(crl, signer.publicKey);
    if (!signature.ok) return signature;
    if (signer.known.keyUsage?.includes('cRLSign') === false)
      return fail('key-usage-refuses', 'keyUsage without cRLSign');
    return signer === above || signer === anchor ? ok(undefined) : this.#checkSignersPath(signer, anchor);
  }

  #checkSignersPath(signer: Certificate, anchor: Certificate): Check {
    if (this.#underWay.has(signer)) return ok(undefined);
    if (this.#underWay.size > NESTING_MAX)
      return fail('search-limit', 'signers of lists of signers of lists');
    const { store, at } = this.#sources;
    let refusal: Check = fail('issuer-not-found', 'no path to the signer of the list');
    for (const { path } of new PathSearch(store, [anchor]).paths(signer)) {
      const valid = validatePath({ anchor, path, at }, new Trail());
      const check = valid.ok ? this.#checkWholePath(path, anchor) : valid;
      if (check.ok) return ok(undefined);
      refusal = check;
    }
    return refusal;
  }

  #checkWholePath(path: readonly Certificate[], anchor: Certificate): Check {
    let above = anchor;
    for (const certificate of path) {
      if (!this.#underWay.has(certificate)) {
        const status = this.check(certificate, above, anchor);
        if (!status.ok) return status;
      }
      above = certificate;
    }
    return ok(undefined);
  }
}

const reasonOf = ({ reason, revokedAt }: ReadCrlEntry): string =>
  `${reason ?? 'unspecified'}, ${new Date(revokedAt).toISOString()}`;
