/**
 * `ishizue key …`: the key server at the command line: certificates of sites and terminals, and root acts by two persons.
 * Every act is an operator's, who signs in with a secret from a file and says why. Flow: docs/flows/key-server.md.
 */
import { readFileSync } from 'node:fs';
import {
  approveProposal,
  enrolNode,
  KEY_CUSTODIAN,
  KEY_OFFICER,
  type KeyOperator,
  listNodes,
  type Proposal,
  proposals,
  proposeRootAct,
  type RootAct,
  revokeTerminal,
  rotateSite,
} from '@ishizue/key-server';
import type { Result } from '@ishizue/outcome';
import { actingKeyOperator, type Country } from '@ishizue/server';
import { type ArgsDef, defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
const acting = {
  operator: { type: 'string', description: 'the operator who acts, e.g. o-1a2b3c', required: true },
  'secret-file': { type: 'string', description: 'a file with their secret', required: true },
  purpose: { type: 'string', description: 'why, for the record; no personal data', required: true },
  json,
} as const satisfies ArgsDef;

interface Acting {
  readonly operator: string;
  readonly 'secret-file': string;
  readonly purpose: string;
  readonly json: boolean;
}

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

const unreadable = (asJson: boolean, file: string): void =>
  printFailure(asJson, { code: 'file-unreadable', detail: `${file} cannot be read` }, EXIT_UNUSABLE);

/** Signs the operator in, lets the act be done, and prints what came of it. */
async function act<T>(
  args: Acting,
  role: string,
  work: (country: Country, by: KeyOperator) => Promise<Result<T>>,
  told: (value: T) => { readonly value: unknown; readonly text: string },
): Promise<void> {
  const secret = read(args['secret-file'])?.replace(/\r?\n$/, '');
  if (secret === undefined) return unreadable(args.json, args['secret-file']);
  await withInstallation(args.json, async (country) => {
    const { operator, purpose } = args;
    const by = await actingKeyOperator(country, { operator, secret, role, purpose });
    if (!by.ok) return printFailure(args.json, by.failure);
    const done = await work(country, by.value);
    if (!done.ok) return printFailure(args.json, done.failure);
    const { value, text } = told(done.value);
    print(args.json, value, text);
  });
}

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
    ...acting,
  },
  run: async ({ args }) => {
    const request = read(args.request);
    if (request === undefined) return unreadable(args.json, args.request);
    const order = { node: args.node, kind: args.site ? 'site' : 'terminal', request } as const;
    await act(args, KEY_OFFICER, (country, by) => enrolNode(country.keyServer, by, order), issuedTold);
  },
});

const rotate = defineCommand({
  meta: {
    name: 'rotate',
    description: 'Give a site its next key; the one before is accepted during the overlap',
  },
  args: { node: { ...node, description: 'the site’s name' }, ...acting },
  run: ({ args }) =>
    act(args, KEY_OFFICER, (country, by) => rotateSite(country.keyServer, by, args.node), issuedTold),
});

const revoke = defineCommand({
  meta: {
    name: 'revoke',
    description: 'Revoke a terminal for good; a site needs two persons (propose, approve)',
  },
  args: {
    node: { ...node, description: 'the terminal’s name' },
    retired: { type: 'boolean', description: 'taken out of use, not lost', default: false },
    ...acting,
  },
  run: ({ args }) => {
    const order = {
      node: args.node,
      reason: args.retired ? 'cessationOfOperation' : 'keyCompromise',
    } as const;
    return act(
      args,
      KEY_OFFICER,
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
    ...acting,
  },
  run: async ({ args }) => {
    const rootAct = readRootAct(args);
    if (!rootAct)
      return printFailure(
        args.json,
        { code: 'root-act-invalid', detail: 'not a kind, or its --site or its four figures are missing' },
        EXIT_UNUSABLE,
      );
    await act(
      args,
      KEY_CUSTODIAN,
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
  args: { id: { ...node, description: 'the proposal’s id' }, ...acting },
  run: ({ args }) =>
    act(
      args,
      KEY_CUSTODIAN,
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
