/**
 * A certificate verified in full: a path to an anchor that holds (RFC 5280 6.1), and each certificate of it known not to be
 * revoked, by CRLs (6.3) and, where the caller has a responder, by OCSP. Among several paths one that holds is enough;
 * where none does, the first that was tried, the likeliest, says why.
 */
import { ok, type Result } from '@ishizue/outcome';
import { type Certificate, type Crl, formatSerialNumber, type KeyUsage, publicKeyHash } from '@ishizue/x509';
import type { VerificationFailureCode } from './failure.ts';
import { type CandidatePath, CertificateStore, PathSearch } from './path/build-paths.ts';
import { notePurpose } from './path/check-purpose.ts';
import type { PolicyWishes } from './path/path-question.ts';
import { checkValidity } from './path/process-certificate.ts';
import { validatePath } from './path/validate-path.ts';
import { describe, type Step, Trail, type VerificationFailure } from './report.ts';
import { askOcsp, type OcspSource } from './revocation/ask-ocsp.ts';
import { openRevocationList, type RevocationList } from './revocation/revocation-list.ts';
import { StatusByLists } from './revocation/status-by-lists.ts';

/** What is asked. Nothing of `chain` and `crls` is believed before it is verified. */
export interface CertificateQuestion extends PolicyWishes {
  readonly certificate: Certificate;
  /** Certificates from anywhere: authorities, and signers of lists. */
  readonly chain: readonly Certificate[];
  /** Whom the caller trusts. */
  readonly anchors: readonly Certificate[];
  readonly crls: readonly Crl[];
  readonly ocsp?: OcspSource | undefined;
  /** False only where the caller says on purpose that revocation does not matter. */
  readonly asksStatus: boolean;
  /** The instant for which the answer holds, in milliseconds since the epoch. */
  readonly at: number;
  /** Uses of which the certificate's keyUsage, where it has one, must allow one. */
  readonly keyUsages?: readonly KeyUsage[] | undefined;
  /** What the certificate, and every authority on the way, must be for, by its object identifier (4.2.1.12). */
  readonly purpose?: string | undefined;
}

/** The answer with what it rests on. */
export interface Verdict {
  /** Undefined: valid. */
  readonly failure: VerificationFailure | undefined;
  readonly steps: readonly Step[];
  /** From the anchor down; empty where no path was found. */
  readonly path: readonly Certificate[];
  /** The policies that run through. */
  readonly policies: readonly string[];
}

/** Each certificate once, so that the same one stands for itself everywhere. */
function distinct(certificates: readonly Certificate[]): Certificate[] {
  const byDer = new Map(certificates.map((each) => [Buffer.from(each.der).toString('latin1'), each]));
  return [...byDer.values()];
}

function openLists(crls: readonly Crl[], trail: Trail): RevocationList[] {
  return crls.flatMap((crl) => {
    const list = openRevocationList(crl);
    if (list.ok) return [list.value];
    trail.note(`list of ${crl.issuer.toString()}`, 'a list that is understood', 'RFC 5280 5.2, 5.3', list);
    return [];
  });
}

class CertificateCheck {
  readonly #question: CertificateQuestion;
  readonly #store: CertificateStore;
  readonly #lists: readonly RevocationList[];
  /** What OCSP said of a certificate under its issuer's key: asked once, however many paths go over it. */
  readonly #answers = new Map<string, ReturnType<typeof askOcsp>>();
  /** Steps that belong to every path. */
  readonly #common = new Trail();

  constructor(question: CertificateQuestion) {
    this.#question = question;
    this.#store = new CertificateStore(distinct(question.chain));
    this.#lists = openLists(question.crls, this.#common);
  }

  async run(): Promise<Verdict> {
    const { certificate, anchors } = this.#question;
    const anchor = anchors.find(({ der }) => Buffer.compare(der, certificate.der) === 0);
    if (anchor !== undefined) return this.#verdictOfAnchor(anchor);
    const search = new PathSearch(this.#store, anchors);
    let first: Verdict | undefined;
    for (const candidate of search.paths(certificate)) {
      const verdict = await this.#tryPath(candidate);
      if (verdict.failure === undefined) return verdict;
      first ??= verdict;
    }
    return first ?? this.#noPath(search.failure);
  }

  #verdictOfAnchor(anchor: Certificate): Verdict {
    const trail = new Trail();
    const validity = this.#checkAnchor(anchor, trail);
    const checked = validity.ok ? notePurpose([anchor], this.#question, trail) : validity;
    return {
      failure: checked.ok ? undefined : checked.failure,
      steps: trail.steps,
      path: [anchor],
      policies: [],
    };
  }

  /** That an anchor is trusted is the caller's word; that it is still valid is not asked by RFC 5280, and is asked here. */
  #checkAnchor(anchor: Certificate, trail: Trail): Result<undefined, VerificationFailureCode> {
    const validity = checkValidity(anchor, this.#question.at);
    return trail.note(describe(anchor), 'anchor within its validity', 'the caller’s trust', validity);
  }

  #noPath(failure: VerificationFailure): Verdict {
    const trail = new Trail();
    const { certificate } = this.#question;
    trail.note(describe(certificate), 'a path to an anchor', 'RFC 4158', { ok: false, failure });
    return { failure, steps: [...this.#common.steps, ...trail.steps], path: [], policies: [] };
  }

  async #tryPath({ anchor, path }: CandidatePath): Promise<Verdict> {
    const trail = new Trail();
    const policies = await this.#checkPath(anchor, path, trail);
    return {
      failure: policies.ok ? undefined : policies.failure,
      steps: [...this.#common.steps, ...trail.steps],
      path: [anchor, ...path],
      policies: policies.ok ? policies.value : [],
    };
  }

  async #checkPath(
    anchor: Certificate,
    path: readonly Certificate[],
    trail: Trail,
  ): Promise<Result<readonly string[], VerificationFailureCode>> {
    const trusted = this.#checkAnchor(anchor, trail);
    if (!trusted.ok) return trusted;
    const policies = validatePath({ ...this.#question, anchor, path }, trail);
    if (!policies.ok) return policies;
    const status = await this.#checkStatuses(anchor, path, trail);
    return status.ok ? policies : status;
  }

  async #checkStatuses(
    anchor: Certificate,
    path: readonly Certificate[],
    trail: Trail,
  ): Promise<Result<undefined, VerificationFailureCode>> {
    const { at } = this.#question;
    const byLists = new StatusByLists({ lists: this.#lists, store: this.#store, at });
    let above = anchor;
    for (const certificate of path) {
      if (!this.#question.asksStatus)
        trail.notAsked(describe(certificate), 'not revoked', 'RFC 5280 6.1.3 (a)(3)');
      else {
        const lists = byLists.check(certificate, above, anchor);
        const status = await this.#checkStatus(certificate, above, lists, trail);
        if (!status.ok) return status;
      }
      above = certificate;
    }
    return ok(undefined);
  }

  /**
   * Lists first; a responder, where there is one, is asked about the certificate in question whatever the lists say, and
   * about an authority only where they leave its status open.
   */
  async #checkStatus(
    certificate: Certificate,
    above: Certificate,
    lists: Result<readonly string[], VerificationFailureCode>,
    trail: Trail,
  ): Promise<Result<unknown, VerificationFailureCode>> {
    const about = describe(certificate);
    const { ocsp, at } = this.#question;
    const isOpen = !lists.ok && lists.failure.code === 'status-unknown';
    if (ocsp === undefined || !isOpen) {
      const detail = lists.ok ? lists.value.join('; ') : undefined;
      const noted = trail.note(about, 'not revoked by lists', 'RFC 5280 6.3', lists, detail);
      if (!noted.ok || ocsp === undefined || certificate !== this.#question.certificate) return noted;
    }
    const key = `${formatSerialNumber(certificate.serial)} ${Buffer.from(publicKeyHash(above.publicKey)).toString('hex')}`;
    const asked = this.#answers.get(key) ?? askOcsp(ocsp, certificate, above, at);
    this.#answers.set(key, asked);
    const answer = await asked;
    return trail.note(about, 'good by OCSP', 'RFC 6960 3.2', answer, answer.ok ? answer.value : undefined);
  }
}

/** Whether the certificate is valid at the instant, why not, and what was checked. */
export const verifyCertificate = (question: CertificateQuestion): Promise<Verdict> =>
  new CertificateCheck(question).run();
