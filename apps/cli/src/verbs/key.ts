/**
 * `ishizue key …`: the key server at the command line: certificates of sites and terminals, and root acts by two persons.
 * Every act is an operator's, who signs in with a secret from a file and says why. Flow: docs/flows/key-server.md.
 */
import {
  approveProposal,
  enrolNode,
  KEY_CUSTODIAN,
  KEY_OFFICER,
  listNodes,
  type Proposal,
  proposals,
  proposeRootAct,
  type RootAct,
  revokeTerminal,
  rotateSite,
} from '@ishizue/key-server';
import { defineCommand } from 'citty';
import { ACTING, actAs, printUnreadable, printUnusable, readTextFile } from '../acting-operator.ts';
import { withInstallation } from '../open-installation.ts';
import { print } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

const day = (ms: number | null): string => (ms === null ? '-' : new Date(ms).toISOString().slice(0, 10));

const list = defineCommand({
  meta: { name: 'list', description: 'Sites and terminals: state, certificate, accepted keys, last day' },
  args: { prefix: { type: 'string', description: 'only names that begin so', default: '' }, json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const nodes = await listNodes(country.keyServer, args.prefix);
      const lines = nodes.map(
        ({ node, state, notAfter, acceptedKeys, serial }) =>
          `${node}  ${state}  ${acceptedKeys} key${acceptedKeys === 1 ? '' : 's'}  until ${day(notAfter)}  ${serial ?? '-'}`,
      );
      print(args.json, { nodes }, lines.join('\n') || 'no node');
    });
  },
});

const issuedTold = (issued: {
  readonly node: string;
  readonly serial: string;
  readonly notAfter: number;
  readonly certificate: Uint8Array;
  readonly overlapEnds?: number;
}) => ({
  value: { ...issued, certificate: Buffer.from(issued.certificate).toString('base64') },
  text: `${issued.node}: certificate ${issued.serial} until ${day(issued.notAfter)}${
    issued.overlapEnds === undefined
      ? ''
      : `; the key before until ${new Date(issued.overlapEnds).toISOString()}`
  }`,
});

const node = { type: 'positional', description: 'the node’s name', required: true } as const;

const enrol = defineCommand({
  meta: {
    name: 'enrol',
    description: 'Certify the key of a terminal, or of a site, by its request (PKCS#10, PEM)',
  },
  args: {
    node: { ...node, description: 'municipal/131016/t-1 for a terminal, or a site’s name' },
    request: { type: 'string', description: 'a file with the certification request', required: true },
    site: { type: 'boolean', description: 'the node is a site, not a terminal', default: false },
    ...ACTING,
  },
  run: async ({ args }) => {
    const request = readTextFile(args.request);
    if (request === undefined) return printUnreadable(args.json, args.request);
    const order = { node: args.node, kind: args.site ? 'site' : 'terminal', request } as const;
    await actAs(
      args,
      { role: KEY_OFFICER },
      (country, by) => enrolNode(country.keyServer, by, order),
      issuedTold,
    );
  },
});

const rotate = defineCommand({
  meta: {
    name: 'rotate',
    description: 'Give a site its next key; the one before is accepted during the overlap',
  },
  args: { node: { ...node, description: 'the site’s name' }, ...ACTING },
  run: ({ args }) =>
    actAs(
      args,
      { role: KEY_OFFICER },
      (country, by) => rotateSite(country.keyServer, by, args.node),
      issuedTold,
    ),
});

const revoke = defineCommand({
  meta: {
    name: 'revoke',
    description: 'Revoke a terminal for good; a site needs two persons (propose, approve)',
  },
  args: {
    node: { ...node, description: 'the terminal’s name' },
    retired: { type: 'boolean', description: 'taken out of use, not lost', default: false },
    ...ACTING,
  },
  run: ({ args }) => {
    const order = {
      node: args.node,
      reason: args.retired ? 'cessationOfOperation' : 'keyCompromise',
    } as const;
    return actAs(
      args,
      { role: KEY_OFFICER },
      (country, by) => revokeTerminal(country.keyServer, by, order),
      ({ certificates }) => ({
        value: { node: args.node, revoked: true, certificates },
        text: `${args.node}: revoked, ${certificates} certificates ended`,
      }),
    );
  },
});

const figure = (description: string) => ({ type: 'string', description }) as const;

const propose = defineCommand({
  meta: { name: 'propose', description: 'Propose a root act; another custodian approves it' },
  args: {
    kind: {
      type: 'positional',
      description: 'make-authority, revoke-site, readmit-site or change-policy',
      required: true,
    },
    site: { type: 'string', description: 'the site that is to be revoked or readmitted' },
    'site-days': figure('days that a site’s certificate lasts (change-policy)'),
    'terminal-days': figure('days that a terminal’s certificate lasts (change-policy)'),
    'overlap-minutes': figure('how long a key is accepted beside the next one (change-policy)'),
    'proposal-hours': figure('how long a proposal waits (change-policy)'),
    ...ACTING,
  },
  run: async ({ args }) => {
    const rootAct = readRootAct(args);
    if (!rootAct)
      return printUnusable(
        args.json,
        'root-act-invalid',
        'not a kind, or its --site or its four figures are missing',
      );
    await actAs(
      args,
      { role: KEY_CUSTODIAN },
      (country, by) => proposeRootAct(country.keyServer, by, rootAct),
      ({ id, expiresAt }) => ({
        value: { id, expiresAt },
        text: `proposal ${id}, to be approved by another custodian until ${new Date(expiresAt).toISOString()}`,
      }),
    );
  },
});

interface RootActWords {
  readonly kind: string;
  readonly site?: string | undefined;
  readonly 'site-days'?: string | undefined;
  readonly 'terminal-days'?: string | undefined;
  readonly 'overlap-minutes'?: string | undefined;
  readonly 'proposal-hours'?: string | undefined;
}

function readRootAct(words: RootActWords): RootAct | undefined {
  const { kind, site } = words;
  switch (kind) {
    case 'make-authority':
      return { kind };
    case 'revoke-site':
    case 'readmit-site':
      return site === undefined ? undefined : { kind, node: site };
    case 'change-policy': {
      const policy = {
        siteDays: Number(words['site-days']),
        terminalDays: Number(words['terminal-days']),
        overlapMinutes: Number(words['overlap-minutes']),
        proposalHours: Number(words['proposal-hours']),
      };
      return Object.values(policy).every(Number.isInteger) ? { kind, policy } : undefined;
    }
    default:
      return undefined;
  }
}

const proposalText = ({
  id,
  act: rootAct,
  proposedBy,
  proposedFor,
  expiresAt,
  approvedBy,
}: Proposal): string =>
  `${id}  ${rootAct.kind}${'node' in rootAct ? ` ${rootAct.node}` : ''}  by ${proposedBy} (${proposedFor})  ${
    approvedBy === null ? `open until ${new Date(expiresAt).toISOString()}` : `approved by ${approvedBy}`
  }`;

const approve = defineCommand({
  meta: {
    name: 'approve',
    description: 'Approve a root act that another custodian proposed; it is then done',
  },
  args: { id: { ...node, description: 'the proposal’s id' }, ...ACTING },
  run: ({ args }) =>
    actAs(
      args,
      { role: KEY_CUSTODIAN },
      (country, by) => approveProposal(country.keyServer, by, args.id),
      (proposal) => ({ value: proposal, text: proposalText(proposal) }),
    ),
});

const listProposals = defineCommand({
  meta: { name: 'proposals', description: 'Root acts that were proposed, the newest first' },
  args: { json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const found = await proposals(country.keyServer);
      print(args.json, { proposals: found }, found.map(proposalText).join('\n') || 'no proposal');
    });
  },
});

export const key = defineCommand({
  meta: {
    name: 'key',
    description:
      'The key server: list, enrol, rotate, revoke; root acts by two persons: propose, approve, proposals',
  },
  subCommands: { list, enrol, rotate, revoke, propose, approve, proposals: listProposals },
});
