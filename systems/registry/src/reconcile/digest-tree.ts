/**
 * The digest tree of full comparison (整合, docs/flows/reconciliation.md). A node is a prefix of the resident code, its
 * persons are those whose code begins so, its digest is the exclusive or of theirs. Codes are random digits (規則 1), so
 * ten children split a node evenly, and the index that finds a person by code finds a node. Exclusive or, because it
 * needs no order and a parent is the sum of its children; both ends are honest and signed: an error is to be found, not
 * a forger, and 128 bits of SHA-256 do not agree by accident.
 */
import { createHash } from 'node:crypto';
import type { IdentityChanged } from '../identity/identity-changed.ts';

/** Nodes of at most so many persons at both ends are not split but listed. */
const LISTED_PERSONS_MAX = 16;
const CODE_LENGTH = 11;
/** Bounds of one question: how many nodes are split, and how many are listed. */
export const SPLIT_NODES_MAX = 400;
export const LISTED_NODES_MAX = 100;

/** The first 16 bytes of a SHA-256, or the exclusive or of several, in hexadecimal. */
export type Digest = string;

export interface TreeNode {
  readonly prefix: string;
  readonly persons: number;
  readonly digest: Digest;
}

/** What is told of one person in a list. */
export interface ListedPerson {
  readonly residentCode: string;
  /** Of the person's events in the municipality. */
  readonly sequence: number;
  readonly digest: Digest;
}

/** What one end asks the other: the whole tree's node, the children of nodes, the persons of small nodes. */
export interface Question {
  readonly root: boolean;
  readonly split: readonly string[];
  readonly list: readonly string[];
}

/** Nodes that are still to be asked for, by what is asked. */
export interface Frontier {
  readonly split: readonly string[];
  readonly list: readonly string[];
}

export const FIRST_QUESTION: Question = { root: true, split: [], list: [] };

/** Identity data of which the digest is made: what climbs the tiers, without the reason of the last change. */
export type DigestedIdentity = Omit<IdentityChanged, 'reason' | 'eventDate'>;

/** A person's digest; `holding.ts` says the same in SQL. */
export function identityDigest(identity: DigestedIdentity): Digest {
  const items = [
    identity.residentCode,
    identity.municipality,
    String(identity.sequence),
    identity.status,
    identity.name,
    identity.formerSurname ?? ABSENT,
    identity.alias ?? ABSENT,
    identity.birthDate,
    String(identity.sex),
    identity.address,
    identity.individualNumber ?? ABSENT,
  ];
  return createHash('sha256').update(items.join(BETWEEN)).digest('hex').slice(0, 32);
}

/** Control characters: no text of a person holds one (`checkPersonText`), so no two persons give one text. */
const BETWEEN = '\u001f';
const ABSENT = '\u001e';

/** What one end says to a question. */
export interface Answer {
  readonly nodes: readonly TreeNode[];
  readonly persons: readonly ListedPerson[];
}

/** The answer without what was not asked for: each question then goes deeper than the last, whatever the other end says. */
export function onlyAsked({ root, split, list }: Question, { nodes, persons }: Answer): Answer {
  const parents = new Set(split);
  const isAsked = ({ prefix }: TreeNode): boolean =>
    prefix === '' ? root : parents.has(prefix.slice(0, -1));
  const lengths = new Set(list.map((prefix) => prefix.length));
  const listed = new Set(list);
  const isListed = ({ residentCode }: ListedPerson): boolean =>
    [...lengths].some((length) => listed.has(residentCode.slice(0, length)));
  return { nodes: nodes.filter(isAsked), persons: persons.filter(isListed) };
}

/** Where two ends differ among nodes that were asked for; a node that one end leaves out is empty there. */
export function compareNodes(own: readonly TreeNode[], theirs: readonly TreeNode[]): Frontier {
  const ownBy = new Map(own.map((node) => [node.prefix, node]));
  const theirsBy = new Map(theirs.map((node) => [node.prefix, node]));
  const split: string[] = [];
  const list: string[] = [];
  for (const prefix of new Set([...ownBy.keys(), ...theirsBy.keys()])) {
    const here = ownBy.get(prefix);
    const there = theirsBy.get(prefix);
    if (here && there && here.persons === there.persons && here.digest === there.digest) continue;
    const persons = Math.max(here?.persons ?? 0, there?.persons ?? 0);
    const isWhole = prefix.length === CODE_LENGTH;
    (persons <= LISTED_PERSONS_MAX || isWhole ? list : split).push(prefix);
  }
  return { split, list };
}

/** The codes of whom two ends do not tell the same, sorted. */
export function comparePersons(
  own: readonly ListedPerson[],
  theirs: readonly ListedPerson[],
): readonly string[] {
  const saidOf = (person: ListedPerson): string => `${person.sequence} ${person.digest}`;
  const theirsBy = new Map(theirs.map((person) => [person.residentCode, saidOf(person)]));
  const differing = new Set<string>();
  for (const person of own) {
    if (theirsBy.get(person.residentCode) !== saidOf(person)) differing.add(person.residentCode);
    theirsBy.delete(person.residentCode);
  }
  for (const code of theirsBy.keys()) differing.add(code);
  return [...differing].sort();
}

/** The next question: as much of what is open as one question may ask; undefined where nothing is. */
export function nextQuestion(open: Frontier): Question | undefined {
  const split = open.split.slice(0, SPLIT_NODES_MAX);
  const list = open.list.slice(0, LISTED_NODES_MAX);
  return split.length + list.length === 0 ? undefined : { root: false, split, list };
}

/** The first and the last resident code of a node. */
export const codesOf = (prefix: string): readonly [first: string, last: string] => [
  prefix.padEnd(CODE_LENGTH, '0'),
  prefix.padEnd(CODE_LENGTH, '9'),
];
