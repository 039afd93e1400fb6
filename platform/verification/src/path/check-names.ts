/**
 * The names of a certificate against the constraints of the authorities above it (RFC 5280 6.1.3 (b), (c); 4.2.1.10).
 * Constraints of several authorities all hold: that is the intersection of the permitted and the union of the excluded
 * subtrees. The work is bounded, since names and subtrees come from whoever wrote the certificates.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate, GeneralName } from '@ishizue/x509';
import type { NameConstraints } from '../extensions/name-constraints.ts';
import type { VerificationFailureCode } from '../failure.ts';
import { matchSubtree } from '../names/match-subtree.ts';

type Check = Result<undefined, VerificationFailureCode>;

const COMPARISONS_MAX = 1 << 18;
const EMAIL_ADDRESS_OID = '1.2.840.113549.1.9.1';

/** Every name that a certificate claims; its subject's e-mail addresses where it has no subjectAltName. */
function claimedNames({ subject, known }: Certificate): GeneralName[] {
  const attributes = subject.relativeNames;
  const alternatives = known.subjectAltName ?? [];
  const directory: GeneralName[] = attributes.length > 0 ? [{ kind: 'directoryName', name: subject }] : [];
  const mailboxes = attributes
    .flat()
    .filter(({ oid }) => known.subjectAltName === undefined && oid === EMAIL_ADDRESS_OID)
    .map(({ value }): GeneralName => ({ kind: 'rfc822Name', value }));
  return [...directory, ...alternatives, ...mailboxes];
}

const refuse = (code: VerificationFailureCode, name: GeneralName): Check => fail(code, `a ${name.kind}`);

function checkPermitted(name: GeneralName, permitted: readonly GeneralName[]): Check {
  const matches = permitted.filter(({ kind }) => kind === name.kind).map((base) => matchSubtree(name, base));
  if (matches.length === 0 || matches.includes('inside')) return ok(undefined);
  if (matches.includes(undefined)) return refuse('name-constraint-unsupported', name);
  return refuse(matches.includes('malformed') ? 'name-malformed' : 'name-not-permitted', name);
}

function checkExcluded(name: GeneralName, excluded: readonly GeneralName[]): Check {
  const matches = excluded.filter(({ kind }) => kind === name.kind).map((base) => matchSubtree(name, base));
  if (matches.includes('inside')) return refuse('name-excluded', name);
  if (matches.includes(undefined)) return refuse('name-constraint-unsupported', name);
  return matches.includes('malformed') ? refuse('name-malformed', name) : ok(undefined);
}

/** Whether all names that the certificate claims are in bounds. */
export function checkNames(certificate: Certificate, constraints: readonly NameConstraints[]): Check {
  const names = claimedNames(certificate);
  const subtrees = constraints.reduce(
    (sum, { permitted, excluded }) => sum + permitted.length + excluded.length,
    0,
  );
  if (names.length * subtrees > COMPARISONS_MAX)
    return fail('too-many-names', `${names.length} names under ${subtrees} subtrees`);
  for (const name of names) {
    for (const { permitted, excluded } of constraints) {
      const inside = checkPermitted(name, permitted);
      if (!inside.ok) return inside;
      const outside = checkExcluded(name, excluded);
      if (!outside.ok) return outside;
    }
  }
  return ok(undefined);
}
