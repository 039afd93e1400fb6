/** Root acts over HTTP: a custodian proposes, another one approves. */
import { operatorWith, type Route, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { callerOf, instant, purpose } from './act-over-http.ts';
import type { KeyContext } from './key-context.ts';
import {
  approveProposal,
  type Proposal,
  type ProposalCode,
  proposals,
  proposeRootAct,
} from './root/proposals.ts';

const TAGS = ['keys'];

const policy = z.strictObject({
  siteDays: z.int(),
  terminalDays: z.int(),
  overlapMinutes: z.int(),
  proposalHours: z.int(),
});

const rootAct = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('make-authority') }),
  z.strictObject({ kind: z.enum(['revoke-site', 'readmit-site']), node: z.string().max(64) }),
  z.strictObject({ kind: z.literal('change-policy'), policy }),
]);

const proposalView = z.object({
  id: z.uuid(),
  act: rootAct,
  proposedBy: z.string(),
  proposedFor: z.string(),
  proposedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  approvedBy: z.string().nullable(),
});

const viewOf = (proposal: Proposal) => ({
  ...proposal,
  proposedAt: instant(proposal.proposedAt),
  expiresAt: instant(proposal.expiresAt),
});

/** The routes of custodians. */
export const proposalRoutes = (context: KeyContext, role: string): readonly Route<ProposalCode>[] => [
  route({
    method: 'GET',
    path: '/key-server/proposals',
    summary: 'Root acts that were proposed, the newest first',
    tags: TAGS,
    access: operatorWith(role),
    responses: { 200: z.array(proposalView) },
    handler: async () => ok((await proposals(context)).map(viewOf)),
  }),
  route({
    method: 'POST',
    path: '/key-server/proposals',
    summary: 'Propose a root act',
    tags: TAGS,
    access: operatorWith(role),
    body: z.strictObject({ act: rootAct, purpose }),
    responses: { 201: z.object({ id: z.uuid(), expiresAt: z.iso.datetime() }) },
    handler: async (call) => {
      const done = await proposeRootAct(context, callerOf(call, role, call.body.purpose), call.body.act);
      return done.ok ? ok({ id: done.value.id, expiresAt: instant(done.value.expiresAt) }) : done;
    },
  }),
  route({
    method: 'POST',
    path: '/key-server/proposals/:id/approval',
    summary: 'Approve a root act that another custodian proposed; it is then done',
    tags: TAGS,
    access: operatorWith(role),
    params: z.object({ id: z.uuid() }),
    body: z.strictObject({ purpose }),
    responses: { 200: proposalView },
    handler: async (call) => {
      const by = callerOf(call, role, call.body.purpose);
      const done = await approveProposal(context, by, call.params.id);
      return done.ok ? ok(viewOf(done.value)) : done;
    },
  }),
];
