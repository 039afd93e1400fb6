/**
 * `ishizue verifier …`: verifiers of certificates (JPKI Act 17, 36) at the command line. Every act is an officer's, who signs
 * in with a secret from a file and says why; what gives access takes two. Flow: docs/flows/verifiers.md.
 */
import { readFileSync } from 'node:fs';
import { startOfDateInTokyo } from '@ishizue/clock';
import {
  approveForVerifier,
  changeVerifier,
  countVerifierAnswers,
  listVerifiers,
  type ProposedAct,
  proposeForVerifier,
  registerVerifier,
  SOLE_ACTS,
  VERIFIER_OFFICER,
  type Verifier,
  type VerifierProposal,
  type VerifierTerms,
  verifierHistory,
  verifierProposals,
  verifierTerms,
} from '@ishizue/jpki';
import { isIsoDate } from '@ishizue/text';
import { defineCommand } from 'citty';
import { ACTING, actAs, printUnusable } from '../acting-operator.ts';
import { withInstallation } from '../open-installation.ts';
import { print } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
const name = {
  type: 'positional',
  description: 'the verifier’s name, e.g. verifier/bank',
  required: true,
} as const;
const terms = {
  type: 'string',
  description: 'a JSON file with its terms (docs/flows/verifiers.md step 1)',
} as const;

function readTerms(file: string): VerifierTerms | undefined {
  try {
    return verifierTerms.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

const termsUnusable = (asJson: boolean, file: string): void =>
  printUnusable(asJson, 'terms-invalid', `${file} holds no terms of a verifier`);

const verifierText = ({ verifier, state, kind, services, fingerprint, entrustedTo }: Verifier): string =>
  `${verifier}  ${state}  ${kind}  ${services.join(',') || '-'}  ${fingerprint ?? `by ${entrustedTo ?? '-'}`}`;

const told = (verifier: Verifier) => ({ value: verifier, text: verifierText(verifier) });

const proposalText = ({ id, verifier, act: proposed, proposedBy, expiresAt, approvedBy }: VerifierProposal) =>
  `${id}  ${verifier}  ${proposed}  by ${proposedBy}  ${
    approvedBy === null ? `open until ${new Date(expiresAt).toISOString()}` : `approved by ${approvedBy}`
  }`;

const list = defineCommand({
  meta: { name: 'list', description: 'Verifiers: state, kind, services, key id' },
  args: { json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const verifiers = await listVerifiers(country.systems.jpki);
      print(args.json, { verifiers }, verifiers.map(verifierText).join('\n') || 'no verifier');
    });
  },
});

const register = defineCommand({
  meta: { name: 'register', description: 'Take down the notification of a verifier with its terms' },
  args: { name, terms: { ...terms, required: true }, ...ACTING },
  run: async ({ args }) => {
    const given = readTerms(args.terms);
    if (!given) return termsUnusable(args.json, args.terms);
    await actAs(
      args,
      { role: VERIFIER_OFFICER },
      ({ systems }, by) => registerVerifier(systems.jpki, by, args.name, given),
      told,
    );
  },
});

const sole = defineCommand({
  meta: { name: 'act', description: 'What one officer does alone; a suspension bites at once' },
  args: {
    name,
    act: { type: 'positional', description: SOLE_ACTS.join(', '), required: true },
    ...ACTING,
  },
  run: async ({ args }) => {
    const wanted = SOLE_ACTS.find((one) => one === args.act);
    if (wanted === undefined) return printUnusable(args.json, 'act-unknown', SOLE_ACTS.join(', '));
    await actAs(
      args,
      { role: VERIFIER_OFFICER },
      ({ systems }, by) => changeVerifier(systems.jpki, by, args.name, wanted),
      told,
    );
  },
});

const propose = defineCommand({
  meta: { name: 'propose', description: 'Propose what takes two officers: go-live, restore, change-terms' },
  args: {
    name,
    act: { type: 'positional', description: 'go-live, restore or change-terms', required: true },
    terms: { ...terms, description: 'a JSON file with the new terms (change-terms)' },
    ...ACTING,
  },
  run: async ({ args }) => {
    const proposed = readProposed(args.act, args.terms);
    if (!proposed) return termsUnusable(args.json, args.terms ?? `nothing beside ${args.act}`);
    await actAs(
      args,
      { role: VERIFIER_OFFICER },
      ({ systems }, by) => proposeForVerifier(systems.jpki, by, args.name, proposed),
      (proposal) => ({ value: proposal, text: proposalText(proposal) }),
    );
  },
});

function readProposed(wanted: string, file: string | undefined): ProposedAct | undefined {
  if (wanted === 'go-live' || wanted === 'restore') return { act: wanted };
  const given = file === undefined ? undefined : readTerms(file);
  return given && { act: 'change-terms', terms: given };
}

const approve = defineCommand({
  meta: { name: 'approve', description: 'Approve as the second officer; it is then done' },
  args: { id: { type: 'positional', description: 'the proposal’s id', required: true }, ...ACTING },
  run: ({ args }) =>
    actAs(
      args,
      { role: VERIFIER_OFFICER },
      ({ systems }, by) => approveForVerifier(systems.jpki, by, args.id),
      told,
    ),
});

const proposals = defineCommand({
  meta: { name: 'proposals', description: 'What was proposed last for each verifier, the newest first' },
  args: { json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const found = await verifierProposals(country.systems.jpki);
      print(args.json, { proposals: found }, found.map(proposalText).join('\n') || 'no proposal');
    });
  },
});

const history = defineCommand({
  meta: { name: 'history', description: 'What was done with a verifier, by whom and why' },
  args: { name, ...ACTING },
  run: ({ args }) =>
    actAs(
      args,
      { role: VERIFIER_OFFICER },
      ({ systems }, by) => verifierHistory(systems.jpki, by, args.name),
      (lines) => ({
        value: { history: lines },
        text: lines
          .map(({ at, move, actor, state, own }) => {
            const why = own?.['purpose'];
            return `${at.toISOString()}  ${move}  ${state}  ${actor}  ${typeof why === 'string' ? why : ''}`;
          })
          .join('\n'),
      }),
    ),
});

const counts = defineCommand({
  meta: { name: 'counts', description: 'Answers and refusals by verifier, from the ledger' },
  args: {
    from: { type: 'string', description: 'the first day, e.g. 2026-04-01', required: true },
    until: { type: 'string', description: 'the day after the last', required: true },
    json,
  },
  run: async ({ args }) => {
    const { from, until } = args;
    if (!isIsoDate(from) || !isIsoDate(until) || from >= until)
      return printUnusable(args.json, 'days-invalid', 'two days, the first before the second');
    await withInstallation(args.json, async ({ database }) => {
      const [first, end] = [new Date(startOfDateInTokyo(from)), new Date(startOfDateInTokyo(until))];
      const found = await countVerifierAnswers(database.pool('ledger'), { from: first, until: end });
      const lines = found.map(
        ({ actor, article, affair, result, count }) => `${actor}  ${affair}  ${article}  ${result}  ${count}`,
      );
      print(args.json, { counts: found }, lines.join('\n') || 'no answer');
    });
  },
});

export const verifier = defineCommand({
  meta: {
    name: 'verifier',
    description:
      'Verifiers of certificates: list, register, act, history, counts; by two officers: propose, approve, proposals',
  },
  subCommands: { list, register, act: sole, propose, approve, proposals, history, counts },
});
