/**
 * Registration of verifiers over HTTP, for officers of the national site: notification, the acts of one officer, proposals
 * and approvals of two. Every act takes its purpose. Flow: docs/flows/verifiers.md.
 */
import { operatorWith, type Route, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { JpkiContext } from '../jpki-context.ts';
import { CARD_KINDS } from '../profile/certificate-kind.ts';
import {
  approveForVerifier,
  changeVerifier,
  listVerifiers,
  type OfficeCode,
  proposeForVerifier,
  registerVerifier,
  SOLE_ACTS,
  type VerifierOfficer,
  verifierProposals,
} from './verifier-office.ts';
import { VERIFIER_OFFICER } from './verifier-registration.ts';
import { VERIFIER_STATES, type Verifier, type VerifierProposal } from './verifier-store.ts';
import { VERIFIER_KINDS, VERIFIER_SERVICES, verifierName, verifierTerms } from './verifier-terms.ts';

/** What may be proposed that changes the state. */
const APPROVED_ACTS = ['go-live', 'restore'] as const;

const TAGS = ['verifiers'];
const access = operatorWith(VERIFIER_OFFICER);
const purpose = z.string().min(1).max(500).meta({ description: 'Why; no personal data' });

const verifierView = z.object({
  verifier: verifierName,
  state: z.enum(VERIFIER_STATES),
  revision: z.int(),
  kind: z.enum(VERIFIER_KINDS),
  title: z.string(),
  purpose: z.string(),
  contact: z.string(),
  feeClass: z.enum(['free', 'per-answer']),
  certificateKinds: z.array(z.enum(CARD_KINDS)),
  methods: z.array(z.enum(['crl', 'ocsp'])),
  services: z.array(z.enum(VERIFIER_SERVICES)),
  entrustedTo: verifierName.nullable(),
  fingerprint: z.string().nullable().meta({ description: 'Key id of its requests (RFC 9421)' }),
  certificateEndsAt: z.iso.datetime().nullable(),
});

const viewOf = (verifier: Verifier) => ({
  ...verifier,
  certificateKinds: [...verifier.certificateKinds],
  methods: [...verifier.methods],
  services: [...verifier.services],
  certificateEndsAt: verifier.certificateEndsAt?.toISOString() ?? null,
});

const proposedAct = z.discriminatedUnion('act', [
  z.strictObject({ act: z.enum(APPROVED_ACTS) }),
  z.strictObject({ act: z.literal('change-terms'), terms: verifierTerms }),
]);

const proposalView = z.object({
  id: z.uuid(),
  verifier: verifierName,
  act: z.enum([...APPROVED_ACTS, 'change-terms']),
  terms: verifierTerms.optional(),
  revision: z.int(),
  proposedBy: z.string(),
  proposedFor: z.string(),
  expiresAt: z.iso.datetime(),
  approvedBy: z.string().nullable(),
});

const proposalViewOf = (proposal: VerifierProposal) => ({
  ...proposal,
  expiresAt: new Date(proposal.expiresAt).toISOString(),
});

interface OfficerCall {
  readonly actor: { readonly operator: string };
  readonly correlation: string;
}

const officerOf = ({ actor, correlation }: OfficerCall, why: string): VerifierOfficer => ({
  operator: actor.operator,
  purpose: why,
  terminal: '',
  correlation,
});

/** The routes; mount them below the national site with `verifierStatuses`. */
export const verifierRoutes = (context: JpkiContext): readonly Route<OfficeCode>[] => [
  route({
    method: 'GET',
    path: '/verifiers',
    summary: 'Verifiers with state and terms',
    tags: TAGS,
    access,
    responses: { 200: z.array(verifierView) },
    handler: async () => ok((await listVerifiers(context)).map(viewOf)),
  }),
  route({
    method: 'POST',
    path: '/verifiers',
    summary: 'Take down the notification of a verifier',
    tags: TAGS,
    access,
    body: z.strictObject({ verifier: verifierName, terms: verifierTerms, purpose }),
    responses: { 201: verifierView },
    handler: async (call) => {
      const { verifier, terms, purpose: why } = call.body;
      const done = await registerVerifier(context, officerOf(call, why), verifier, terms);
      return done.ok ? ok(viewOf(done.value)) : done;
    },
  }),
  route({
    method: 'POST',
    path: '/verifiers/acts',
    summary: 'What one officer does alone; a suspension bites at once',
    tags: TAGS,
    access,
    body: z.strictObject({ verifier: verifierName, act: z.enum(SOLE_ACTS), purpose }),
    responses: { 200: verifierView },
    handler: async (call) => {
      const { verifier, act, purpose: why } = call.body;
      const done = await changeVerifier(context, officerOf(call, why), verifier, act);
      return done.ok ? ok(viewOf(done.value)) : done;
    },
  }),
  ...proposalRoutes(context),
];

const proposalRoutes = (context: JpkiContext): readonly Route<OfficeCode>[] => [
  route({
    method: 'GET',
    path: '/verifiers/proposals',
    summary: 'What was proposed last for each verifier, the newest first',
    tags: TAGS,
    access,
    responses: { 200: z.array(proposalView) },
    handler: async () => ok((await verifierProposals(context)).map(proposalViewOf)),
  }),
  route({
    method: 'POST',
    path: '/verifiers/proposals',
    summary: 'Propose to let a verifier go live, to end a suspension, or to change its terms',
    tags: TAGS,
    access,
    body: z.strictObject({ verifier: verifierName, proposed: proposedAct, purpose }),
    responses: { 201: proposalView },
    handler: async (call) => {
      const { verifier, proposed, purpose: why } = call.body;
      const done = await proposeForVerifier(context, officerOf(call, why), verifier, proposed);
      return done.ok ? ok(proposalViewOf(done.value)) : done;
    },
  }),
  route({
    method: 'POST',
    path: '/verifiers/proposals/:id/approval',
    summary: 'Approve as the second officer; it is then done',
    tags: TAGS,
    access,
    params: z.object({ id: z.uuid() }),
    body: z.strictObject({ purpose }),
    responses: { 200: verifierView },
    handler: async (call) => {
      const done = await approveForVerifier(context, officerOf(call, call.body.purpose), call.params.id);
      return done.ok ? ok(viewOf(done.value)) : done;
    },
  }),
];
