/**
 * What two ends of a comparison say to each other, over the registry's links. The lower end asks and keeps all state; the
 * upper one answers. Bounds keep every message far below the link's 1 MiB.
 */
import { z } from 'zod';
import { identityChangedBody } from '../identity/identity-changed.ts';
import { LISTED_NODES_MAX, SPLIT_NODES_MAX } from './digest-tree.ts';
import { LISTED_MAX } from './holding.ts';

/** Upwards: which nodes' digests, which nodes' persons. */
export const RECONCILE_QUESTION = 'reconcile-question';
/** Downwards: the answer. */
export const RECONCILE_ANSWER = 'reconcile-answer';
/** Upwards, with the person as subject, so behind whatever else was said of the person: what is held here. */
export const RECONCILE_CHECK = 'reconcile-check';
/** Downwards: whether the upper end holds the same. */
export const RECONCILE_VERDICT = 'reconcile-verdict';
/** Downwards, from a prefecture to the municipality: say again what you hold of a person. */
export const RESEND_REQUEST = 'resend-request';
/** Upwards through all tiers, with the person as subject: what the municipality holds of the person. */
export const IDENTITY_RESENT = 'identity-resent';

const runId = z.uuid();
const municipality = z.string().regex(/^\d{6}$/);
const residentCode = z.string().regex(/^\d{11}$/);
const digest = z.string().regex(/^[0-9a-f]{32}$/);
const prefix = z.string().regex(/^\d{0,11}$/);
const sequence = z.int().min(0);

export const questionBody = z.strictObject({
  runId,
  municipality,
  round: z.int().min(1),
  storedLength: z.int().min(0).max(6),
  root: z.boolean(),
  split: z.array(z.string().regex(/^\d{0,10}$/)).max(SPLIT_NODES_MAX),
  list: z.array(prefix).max(LISTED_NODES_MAX),
  /** Nothing more is asked in this run: the upper end forgets its tree. */
  isLast: z.boolean(),
});
export type QuestionBody = z.infer<typeof questionBody>;

export const answerBody = z.strictObject({
  runId,
  municipality,
  round: z.int().min(1),
  nodes: z.array(z.strictObject({ prefix, persons: z.int().min(0), digest })).max(1 + 10 * SPLIT_NODES_MAX),
  persons: z.array(z.strictObject({ residentCode, sequence, digest })).max(LISTED_MAX),
});
export type AnswerBody = z.infer<typeof answerBody>;

export const checkBody = z.strictObject({
  runId,
  municipality,
  residentCode,
  /** Null where the lower end has no record of the person. */
  held: z.strictObject({ sequence, digest, isCompared: z.boolean() }).nullable(),
});
export type CheckBody = z.infer<typeof checkBody>;

/** How what the upper end holds of a person differs from what the lower end holds. */
export const DIFFERENCE_KINDS = [
  'missing-above',
  'missing-below',
  'content-differs',
  'stale-above',
  'ahead-above',
  'held-elsewhere',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export const verdictBody = z.strictObject({
  runId,
  municipality,
  residentCode,
  verdict: z.enum(['equal', ...DIFFERENCE_KINDS]),
});
export type VerdictBody = z.infer<typeof verdictBody>;

export const resendRequestBody = z.strictObject({ municipality, residentCode, isWithdrawal: z.boolean() });
export type ResendRequestBody = z.infer<typeof resendRequestBody>;

/** Past changes that go with a resent record at the most. */
export const RESENT_CHANGES_MAX = 50;

export const resentBody = z.strictObject({
  municipality,
  residentCode,
  /** What the municipality holds, with its last change; null where it has no record. */
  identity: identityChangedBody.nullable(),
  /** Since when the person has lived there; null without a record. */
  enteredOn: z.iso.date().nullable(),
  /** The person's changes in the municipality, the last at the end. */
  changes: z
    .array(identityChangedBody.pick({ sequence: true, reason: true, eventDate: true, undoes: true }))
    .max(RESENT_CHANGES_MAX),
  /** Without a record: an officer decided that the upper tiers are to strike theirs. */
  isWithdrawal: z.boolean(),
});
export type ResentBody = z.infer<typeof resentBody>;
