import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PolicyGraph, userPolicies } from './policy-graph.ts';

const ANY = '2.5.29.32.0';
const sorted = (policies: ReadonlySet<string>): string[] => [...policies].sort();

test('a policy runs through where every certificate names it, by itself or by anyPolicy', () => {
  const graph = new PolicyGraph();
  graph.descend(['1.1', '1.2', ANY], true);
  graph.descend(['1.1', '1.3'], true);
  graph.descend([ANY], true);
  assert.deepEqual(sorted(graph.authorityPolicies()), ['1.1', '1.3']);
  graph.descend(['1.2'], true);
  assert.equal(graph.isEmpty, true);
  assert.deepEqual(sorted(graph.authorityPolicies()), []);
});

test('anyPolicy stands for nothing where it is inhibited', () => {
  const graph = new PolicyGraph();
  graph.descend(['1.1'], true);
  graph.descend([ANY], false);
  assert.equal(graph.isEmpty, true);
});

test('a mapped policy is known below by its other name, and above by its own', () => {
  const graph = new PolicyGraph();
  graph.descend(['1.1', '1.2'], true);
  graph.map([{ issuerPolicy: '1.1', subjectPolicy: '9.1' }], false);
  graph.descend(['9.1'], true);
  assert.deepEqual(sorted(graph.authorityPolicies()), ['1.1']);
  const unmapped = new PolicyGraph();
  unmapped.descend(['1.1', '1.2'], true);
  unmapped.map([{ issuerPolicy: '1.1', subjectPolicy: '9.1' }], true);
  unmapped.descend(['1.1', '1.2', '9.1'], true);
  assert.deepEqual(sorted(unmapped.authorityPolicies()), ['1.2'], 'where mapping is inhibited it is gone');
});

test('a mapping of what only anyPolicy stood for makes it known', () => {
  const graph = new PolicyGraph();
  graph.descend([ANY], true);
  graph.map([{ issuerPolicy: '1.1', subjectPolicy: '9.1' }], false);
  graph.descend(['9.1'], true);
  assert.deepEqual(sorted(graph.authorityPolicies()), ['1.1']);
});

test('the user’s policies are those that the authorities allow', () => {
  assert.deepEqual(sorted(userPolicies(new Set(['1.1', '1.2']), undefined)), ['1.1', '1.2']);
  assert.deepEqual(sorted(userPolicies(new Set(['1.1', '1.2']), ['1.2', '1.3'])), ['1.2']);
  assert.deepEqual(sorted(userPolicies(new Set([ANY]), ['1.2'])), ['1.2']);
  assert.deepEqual(sorted(userPolicies(new Set(), ['1.2'])), []);
});

test('mappings of everything to everything do not grow the graph beyond what is named', () => {
  const graph = new PolicyGraph();
  const policies = Array.from({ length: 60 }, (_, index) => `1.${index}`);
  const all = policies.flatMap((issuerPolicy) =>
    policies.map((subjectPolicy) => ({ issuerPolicy, subjectPolicy })),
  );
  const began = performance.now();
  for (let depth = 0; depth < 15; depth++) {
    graph.descend(policies, true);
    graph.map(all, false);
  }
  assert.deepEqual(graph.authorityPolicies().size, 60);
  // a tree would have 60^15 leaves
  assert.ok(performance.now() - began < 5_000);
});
