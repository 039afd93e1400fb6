/** Every rule of every profile has an example that passes and one that it refuses; a rule that was never seen to refuse may be asleep. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { LintRule } from '@ishizue/x509';
import { parseTbsCertificate } from '@ishizue/x509';
import { publishedKeyTypes } from '../profile/key-types.ts';
import { changed, sample, signer } from '../testing/planted.ts';
import { profileExamples } from '../testing/profile-violations.ts';
import { answerViolations, goodAnswers, goodLists, listViolations } from '../testing/status-violations.ts';
import { answerRules } from './answer-rules.ts';
import { jpkiLints } from './jpki-lints.ts';
import { listRules } from './list-rules.ts';
import { profileRulesFor } from './profile-rules.ts';

type Lint = (typeof jpkiLints)['crl'];

/** The names of the rules that do not hold. */
function findings(lint: Lint | undefined, tbs: Uint8Array): readonly string[] {
  assert.ok(lint);
  return lint(Buffer.from(tbs), sample.authoritySpki).map(({ rule }) => rule);
}

const rulesOf = profileRulesFor(publishedKeyTypes);
const namesOf = (rules: readonly Pick<LintRule<never>, 'name'>[]): readonly string[] => [
  ...new Set(rules.map(({ name }) => name)),
];
const plantedFor = (violations: readonly { readonly rule: string }[]): readonly string[] => [
  ...new Set(violations.map(({ rule }) => rule)),
];

test('the examples are of all profiles that the signer knows', () => {
  const names = profileExamples.map(({ profile }) => profile);
  assert.deepEqual(names.toSorted(), Object.keys(jpkiLints.certificate).toSorted());
  assert.deepEqual(names.toSorted(), [...rulesOf.keys()].toSorted());
  assert.equal(names.length, 9);
});

for (const { profile, good, violations } of profileExamples) {
  const rules = rulesOf.get(profile)?.(signer) ?? [];
  const lint = jpkiLints.certificate[profile];

  test(`${profile}: its own sample passes, and every rule looks at it`, () => {
    assert.deepEqual(findings(lint, good), []);
    const view = mustSucceed(parseTbsCertificate(good), 'a sample');
    for (const { name, applies } of rules) assert.ok(applies(view), name);
  });

  test(`${profile}: every rule has a violation, and nothing is planted against a rule that is not there`, () => {
    assert.deepEqual(plantedFor(violations).toSorted(), namesOf(rules).toSorted());
  });

  test(`${profile}: each planted violation is found by its rule`, () => {
    for (const { rule, what, change } of violations)
      assert.ok(findings(lint, changed(good, change)).includes(rule), `${rule}: ${what}`);
  });
}

test('a certificate of one profile does not pass as another’s', () => {
  for (const { profile } of profileExamples)
    for (const { profile: other, good } of profileExamples)
      if (profile !== other)
        assert.notDeepEqual(findings(jpkiLints.certificate[profile], good), [], `${other} as ${profile}`);
});

const STATUS = [
  ['lists', jpkiLints.crl, listRules(signer), goodLists, listViolations],
  ['answers', jpkiLints.ocsp, answerRules(signer), goodAnswers, answerViolations],
] as const;

for (const [what, lint, rules, good, violations] of STATUS)
  test(`${what}: ours pass, and every rule has a violation that it finds`, () => {
    for (const each of good) assert.deepEqual(findings(lint, each), []);
    assert.deepEqual(plantedFor(violations).toSorted(), namesOf(rules).toSorted());
    for (const { rule, what: planted, tbs } of violations)
      assert.ok(findings(lint, tbs).includes(rule), `${rule}: ${planted}`);
  });

test('every rule says what holds and which clause asks for it', () => {
  const all = [...rulesOf.values()].flatMap((make) =>
    make(signer).map(({ name, citation }) => ({ name, citation })),
  );
  for (const { name, citation } of [...all, ...listRules(signer), ...answerRules(signer)]) {
    assert.match(name, /^[a-z0-9-]+$/);
    assert.match(citation, /jpki-formats|RFC \d+|practice statement/, name);
  }
});
