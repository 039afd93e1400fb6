/**
 * Lint before signing: small named rules, each with the clause that it enforces. A rule looks at what is about to be
 * signed and says what is wrong with it; the process that holds the key refuses on any finding. What cannot even be
 * read is a finding too, so nothing gets past because a rule had nothing to look at.
 */
import type { Result } from '@ishizue/outcome';
import { parseTbsCertificate, type TbsCertificate } from '../certificate/tbs-certificate.ts';
import { parseTbsCertList, type TbsCertList } from '../crl/crl.ts';
import type { X509FailureCode } from '../failure.ts';
import { parseResponseData, type ResponseData } from '../ocsp/response-data.ts';

/** One clause. `name` is kebab-case and states what holds; `check` answers what is wrong, or undefined. */
export interface LintRule<View> {
  readonly name: string;
  readonly citation: string;
  readonly applies: (view: View) => boolean;
  readonly check: (view: View) => string | undefined;
}

/** A rule that does not hold. The detail names fields and never their contents. */
export interface LintFinding {
  readonly rule: string;
  readonly citation: string;
  readonly detail: string;
}

/** For rules that apply to everything. */
export const always = (): boolean => true;

function lint<View>(rules: readonly LintRule<View>[], parsed: Result<View, X509FailureCode>): LintFinding[] {
  if (!parsed.ok) {
    const { code, detail } = parsed.failure;
    return [{ rule: 'parses', citation: 'X.690; RFC 5280', detail: `${code}: ${detail}` }];
  }
  const findings: LintFinding[] = [];
  for (const { name, citation, applies, check } of rules) {
    const detail = applies(parsed.value) ? check(parsed.value) : undefined;
    if (detail !== undefined) findings.push({ rule: name, citation, detail });
  }
  return findings;
}

/** Findings on a TBSCertificate; empty when it may be signed. */
export const lintCertificate = (rules: readonly LintRule<TbsCertificate>[], tbs: Uint8Array): LintFinding[] =>
  lint(rules, parseTbsCertificate(tbs));

/** Findings on a TBSCertList; empty when it may be signed. */
export const lintCrl = (rules: readonly LintRule<TbsCertList>[], tbs: Uint8Array): LintFinding[] =>
  lint(rules, parseTbsCertList(tbs));

/** Findings on OCSP ResponseData; empty when it may be signed. */
export const lintOcsp = (rules: readonly LintRule<ResponseData>[], tbs: Uint8Array): LintFinding[] =>
  lint(rules, parseResponseData(tbs));
