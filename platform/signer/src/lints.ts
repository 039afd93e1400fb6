/**
 * The lints that stand between a request and a key: whoever starts the signer hands them in, because the profiles are
 * business and this package is not. A lint gets the bytes that would be signed and the public key that would verify
 * them; one finding refuses. A certificate profile without a lint is refused.
 */
import { refuse, type SignerResult } from './signer-code.ts';

/** `rule` is a kebab-case name; `detail` goes back to the asker and into logs, so it holds no personal data. */
export interface LintFinding {
  readonly rule: string;
  readonly detail: string;
}

/** Looks at DER: a TBSCertificate, a TBSCertList or an OCSP ResponseData, and the signing key's SPKI. */
export type Lint = (tbs: Buffer, signerSpki: Buffer) => readonly LintFinding[];

/** Looks at a TBSCertList that comes in parts; it remembers what it must, and findings of any part refuse the whole. */
export interface ListLint {
  /** Everything up to the first entry. */
  head(octets: Uint8Array): readonly LintFinding[];
  /** Whole entries. */
  entries(octets: Uint8Array): readonly LintFinding[];
  /** What follows the entries. */
  end(octets: Uint8Array): readonly LintFinding[];
}

export interface SignerLints {
  /** By profile name, the `x` of the use `certificate:x`. */
  readonly certificate: Readonly<Record<string, Lint>>;
  readonly crl: Lint;
  /** A new lint for a list of the use `crl` that comes in parts; without it none does. */
  readonly crlParts?: (signerSpki: Buffer) => ListLint;
  /** Of lists with a profile of their own, by its name, the `x` of the use `crl:x`. */
  readonly crlProfiles?: Readonly<Record<string, Lint>>;
  readonly ocsp: Lint;
  /** Of octets that are no DER, by the name of their form, the `x` of the use `form:x`. */
  readonly forms?: Readonly<Record<string, Lint>>;
}

const FINDINGS_TOLD = 10;
const DETAIL_MAX_CHARACTERS = 2_000;

/** The refusal of what the lint finds; a lint that throws refuses too. */
export const findLintRefusal = (
  lint: Lint,
  tbs: Buffer,
  signerSpki: Buffer,
): SignerResult<never> | undefined => findRefusal(() => lint(tbs, signerSpki));

/** As `findLintRefusal`, of whatever looks. */
export function findRefusal(look: () => readonly LintFinding[]): SignerResult<never> | undefined {
  let findings: readonly LintFinding[];
  try {
    findings = look();
  } catch (error) {
    return refuse('lint-refused', `the lint threw ${error instanceof Error ? error.name : 'no error'}`);
  }
  if (findings.length === 0) return undefined;
  const told = findings.slice(0, FINDINGS_TOLD).map(({ rule, detail }) => `${rule}: ${detail}`);
  return refuse('lint-refused', told.join('; ').slice(0, DETAIL_MAX_CHARACTERS));
}
