/**
 * The policies that run through a path, as the graph of RFC 9618 5 (which updates RFC 5280 6.1.2 to 6.1.5): one node for a
 * policy at a depth, whatever its ancestors, so that hostile mappings cannot make it grow beyond what the certificates
 * themselves name. Depth 0 is the anchor's anyPolicy. Nodes without a child are pruned before each next depth.
 */
import { ANY_POLICY_OID } from '@ishizue/x509';
import type { PolicyMapping } from '../extensions/policy-extensions.ts';

interface PolicyNode {
  readonly policy: string;
  expected: ReadonlySet<string>;
  readonly parents: ReadonlySet<PolicyNode>;
}

type Level = Map<string, PolicyNode>;

const nodeOf = (policy: string, parents: Iterable<PolicyNode>): PolicyNode => ({
  policy,
  expected: new Set([policy]),
  parents: new Set(parents),
});

/** Nodes of a level that expect each policy. */
function byExpected(level: Level): Map<string, PolicyNode[]> {
  const nodes = new Map<string, PolicyNode[]>();
  for (const node of level.values()) {
    for (const policy of node.expected) {
      const expecting = nodes.get(policy);
      if (expecting === undefined) nodes.set(policy, [node]);
      else expecting.push(node);
    }
  }
  return nodes;
}

export class PolicyGraph {
  readonly #levels: Level[] = [new Map([[ANY_POLICY_OID, nodeOf(ANY_POLICY_OID, [])]])];

  get #deepest(): Level {
    return this.#levels.at(-1) ?? new Map();
  }

  /** Whether nothing is left: what RFC 5280 calls a tree that is NULL. */
  get isEmpty(): boolean {
    return this.#deepest.size === 0;
  }

  /** The next certificate's policies (6.1.3 (d)); `allowsAny`: its anyPolicy stands for what is still expected. */
  descend(policies: readonly string[], allowsAny: boolean): void {
    const above = this.#deepest;
    const expecting = byExpected(above);
    const any = above.get(ANY_POLICY_OID);
    const level: Level = new Map();
    for (const policy of policies) {
      if (policy === ANY_POLICY_OID) continue;
      const parents = expecting.get(policy) ?? (any === undefined ? [] : [any]);
      if (parents.length > 0) level.set(policy, nodeOf(policy, parents));
    }
    if (allowsAny && policies.includes(ANY_POLICY_OID)) {
      for (const [policy, parents] of expecting) {
        if (!level.has(policy)) level.set(policy, nodeOf(policy, parents));
      }
    }
    this.#levels.push(level);
    this.#prune();
  }

  /** The certificate's mappings (6.1.4 (b)): a policy is known below by other identifiers, or, inhibited, not at all. */
  map(mappings: readonly PolicyMapping[], isInhibited: boolean): void {
    const level = this.#deepest;
    const any = level.get(ANY_POLICY_OID);
    for (const [policy, group] of Map.groupBy(mappings, ({ issuerPolicy }) => issuerPolicy)) {
      if (isInhibited) {
        level.delete(policy);
        continue;
      }
      const parents = any === undefined ? undefined : [...any.parents].filter(isAny);
      const node = level.get(policy) ?? (parents === undefined ? undefined : nodeOf(policy, parents));
      if (node === undefined) continue;
      node.expected = new Set(group.map(({ subjectPolicy }) => subjectPolicy));
      level.set(policy, node);
    }
    if (isInhibited) this.#prune();
  }

  /** The policies under which the anchor's domain knows what is left at the end; anyPolicy where all are. */
  authorityPolicies(): ReadonlySet<string> {
    const policies = new Set<string>();
    for (const level of this.#levels.slice(1)) {
      for (const node of level.values()) {
        if (!isAny(node) && [...node.parents].some(isAny)) policies.add(node.policy);
      }
    }
    if (this.#deepest.has(ANY_POLICY_OID)) policies.add(ANY_POLICY_OID);
    return policies;
  }

  /** Takes away nodes above the deepest level that have no child any more. */
  #prune(): void {
    for (let depth = this.#levels.length - 1; depth > 0; depth--) {
      const parents = new Set<PolicyNode>();
      for (const node of this.#levels[depth]?.values() ?? []) {
        for (const parent of node.parents) parents.add(parent);
      }
      const above = this.#levels[depth - 1];
      for (const [policy, node] of above ?? []) if (!parents.has(node)) above?.delete(policy);
    }
  }
}

const isAny = ({ policy }: PolicyNode): boolean => policy === ANY_POLICY_OID;

/** What the user asked for and the authorities allow (6.1.5 (g)); `initial` undefined asks for any policy. */
export function userPolicies(
  authority: ReadonlySet<string>,
  initial: readonly string[] | undefined,
): ReadonlySet<string> {
  if (initial === undefined || initial.includes(ANY_POLICY_OID)) return authority;
  return new Set(initial.filter((policy) => authority.has(policy) || authority.has(ANY_POLICY_OID)));
}
