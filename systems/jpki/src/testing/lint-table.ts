/**
 * docs/lints.md, told from the rules themselves: each clause, the rule that keeps it, where it holds, and what the tests plant
 * against it. `node tests/lints/main.ts` writes it; a test compares.
 */
import { certificateRules, crlRules, type LintRule, ocspRules } from '@ishizue/x509';
import { answerRules } from '../lint/answer-rules.ts';
import { listRules } from '../lint/list-rules.ts';
import { profileRulesFor } from '../lint/profile-rules.ts';
import { CERTIFICATE_KINDS, PROFILE_NAMES } from '../profile/certificate-kind.ts';
import { publishedKeyTypes } from '../profile/key-types.ts';
import { signer } from './planted.ts';
import { profileExamples } from './profile-violations.ts';
import { answerViolations, listViolations, type PlantedOctets } from './status-violations.ts';

type Told = Pick<LintRule<never>, 'name' | 'citation'>;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
const code = (name: string): string => `\`${name}\``;

const generalTable = (rules: readonly Told[]): string =>
  table(
    ['Clause', 'Rule'],
    rules.map(({ name, citation }) => [citation, code(name)]),
  );

/** Each thing once, however many profiles have it planted. */
const plantedText = (planted: Iterable<string>): string => [...new Set(planted)].join('; ');

const groupOf = (names: Readonly<Record<string, string>>): readonly string[] =>
  CERTIFICATE_KINDS.flatMap((kind) => names[kind] ?? []);
const AUTHORITIES = groupOf(PROFILE_NAMES.authority);
const HOLDERS = groupOf(PROFILE_NAMES.certificate);

/** Profiles by name, the four of a group as one. */
function profilesText(profiles: readonly string[]): string {
  const groups: readonly (readonly [readonly string[], string])[] = [
    [AUTHORITIES, 'the four authorities'],
    [HOLDERS, 'the four of holders'],
  ];
  const whole = groups.filter(([group]) => group.every((name) => profiles.includes(name)));
  const rest = profiles.filter((name) => !whole.some(([group]) => group.includes(name)));
  return [...whole.map(([, text]) => text), ...rest.map(code)].join(', ');
}

interface ProfileRow {
  readonly rule: Told;
  readonly profiles: string[];
}

/** One row a rule and clause, in the order in which the profiles have them. */
function profileRows(): readonly ProfileRow[] {
  const rows = new Map<string, ProfileRow>();
  for (const [profile, rulesOf] of profileRulesFor(publishedKeyTypes))
    for (const rule of rulesOf(signer)) {
      const key = `${rule.name} ${rule.citation}`;
      const row = rows.get(key) ?? { rule, profiles: [] };
      row.profiles.push(profile);
      rows.set(key, row);
    }
  return [...rows.values()];
}

function profileTable(): string {
  const plantedFor = ({ rule, profiles }: ProfileRow): string =>
    plantedText(
      profileExamples
        .filter(({ profile }) => profiles.includes(profile))
        .flatMap(({ violations }) =>
          violations.filter((violation) => violation.rule === rule.name).map(({ what }) => what),
        ),
    );
  return table(
    ['Clause', 'Rule', 'Holds in', 'Broken in the tests by'],
    profileRows().map((row) => [
      row.rule.citation,
      code(row.rule.name),
      profilesText(row.profiles),
      plantedFor(row),
    ]),
  );
}

const statusTable = (rules: readonly Told[], violations: readonly PlantedOctets[]): string =>
  table(
    ['Clause', 'Rule', 'Broken in the tests by'],
    rules.map(({ name, citation }) => [
      citation,
      code(name),
      plantedText(violations.filter(({ rule }) => rule === name).map(({ what }) => what)),
    ]),
  );

/** The page. */
export const lintTable = (): string => `# Lint before signing

Written from the rules by \`node tests/lints/main.ts\`; do not edit. The signer runs the general rules and those of the profile
on every certificate, list and answer before a key of JPKI touches it, and refuses on one finding. The good example of each
rule is the sample of each profile that has it, which must pass whole; the bad ones are planted, and the rule must be among
the findings. A rule without either fails the tests: \`systems/jpki/src/lint/every-rule.test.ts\`, and for the general rules
\`platform/x509/src/lint/*.test.ts\`, where each bad example must be found by its rule and by no other. "jpki-formats" are the
facts on which the profiles rest (sections 1, authorities, and 2, end entities), "practice statement" is the real one's.

## Certificates: the profiles

${profileTable()}

## Lists: the profile

${statusTable(listRules(signer), listViolations)}

## OCSP answers: the profile

${statusTable(answerRules(signer), answerViolations)}

## Certificates: general rules

${generalTable(certificateRules)}

## Lists: general rules

A list that comes in parts keeps these too, and its parts come in order, keep the lengths that were announced, ascend strictly
by serial number, and are in the one form that writing them anew gives (\`platform/x509/src/lint/crl-parts-lint.ts\`).

${generalTable(crlRules)}

## OCSP answers: general rules

${generalTable(ocspRules)}

## What no rule can tell

A lint sees what is to be signed and the key that would sign, nothing else. That one name has several generations and an
issuer is found by its key (jpki-formats 1), that a serial number is fresh, that a certificate ends with the fifth birthday,
with the card or with the authority, and that the signature certificate does not outlive the authentication certificate
(jpki-formats 2) is decided where the registry and the store are: \`profile/validity-rule.ts\`, \`issue/issue-store.ts\`. That
\`notBefore\` is the instant of issue is the clock's: [clock](flows/clock.md).
`;
