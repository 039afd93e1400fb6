/**
 * `ishizue ceremony …`: generations of the certification authorities, each step by an officer who signs in and says why; one
 * proposes, another approves. Flow: docs/flows/authority-generations.md.
 */
import {
  approveCeremony,
  CEREMONY_OFFICER,
  CERTIFICATE_KINDS,
  type Ceremony,
  type CeremonyPlan,
  isOurTranscript,
  listCeremonies,
  proposeCeremony,
  verifyTranscript,
} from '@ishizue/jpki';
import { defineCommand } from 'citty';
import { ACTING, actAs, printUnreadable, printUnusable, readTextFile } from '../acting-operator.ts';
import { withInstallation } from '../open-installation.ts';
import { print, printFailure } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

const line = ({ id, act: wanted, kind, generation, proposedBy, approvedBy, finishedAt }: Ceremony): string =>
  `${id}  ${wanted}  ${kind}-${generation}  by ${proposedBy}  ${
    finishedAt === null
      ? approvedBy === null
        ? 'open'
        : `approved by ${approvedBy}, unfinished`
      : 'finished'
  }`;

/** The transcript where there is one. */
const told = (ceremony: Ceremony) => ({ value: ceremony, text: ceremony.transcript ?? line(ceremony) });

interface PlanWords {
  readonly act: string;
  readonly kind: string;
  readonly generation: string | undefined;
  readonly from: string | undefined;
}

function readPlan({ act: wanted, ...words }: PlanWords): CeremonyPlan | undefined {
  const kind = CERTIFICATE_KINDS.find((one) => one === words.kind);
  const generation = Number(words.generation);
  if (kind === undefined) return undefined;
  if (wanted === 'next-generation') return { act: wanted, kind };
  if (!Number.isInteger(generation)) return undefined;
  if (wanted === 'retire') return { act: wanted, kind, generation };
  const issuesFrom = Date.parse(words.from ?? '');
  return wanted === 'switch-issuing' && !Number.isNaN(issuesFrom)
    ? { act: wanted, kind, generation, issuesFrom }
    : undefined;
}

const propose = defineCommand({
  meta: {
    name: 'propose',
    description: 'Propose next-generation, switch-issuing or retire, as the first person',
  },
  args: {
    act: { type: 'positional', description: 'next-generation, switch-issuing or retire', required: true },
    kind: { type: 'positional', description: CERTIFICATE_KINDS.join(', '), required: true },
    generation: { type: 'string', description: 'which generation (switch-issuing, retire)' },
    from: { type: 'string', description: 'from when it issues, e.g. 2027-04-01T00:00:00+09:00' },
    ...ACTING,
  },
  run: async ({ args }) => {
    const plan = readPlan({ act: args.act, kind: args.kind, generation: args.generation, from: args.from });
    if (!plan) return printUnusable(args.json, 'plan-invalid', 'an act, a kind, and what belongs to the act');
    await actAs(
      args,
      { role: CEREMONY_OFFICER },
      ({ systems }, by) => proposeCeremony(systems.jpki, by, plan),
      told,
    );
  },
});

const approve = defineCommand({
  meta: {
    name: 'approve',
    description: 'Approve as the second person; it is then done, and the transcript printed',
  },
  args: { id: { type: 'positional', description: 'the ceremony’s id', required: true }, ...ACTING },
  run: ({ args }) =>
    actAs(
      args,
      { role: CEREMONY_OFFICER },
      ({ systems }, by) => approveCeremony(systems.jpki, by, args.id),
      told,
    ),
});

const list = defineCommand({
  meta: { name: 'list', description: 'Ceremonies, the newest first' },
  args: { json },
  run: async ({ args }) => {
    await withInstallation(args.json, async ({ systems }) => {
      const ceremonies = await listCeremonies(systems.jpki);
      print(args.json, { ceremonies }, ceremonies.map(line).join('\n') || 'no ceremony');
    });
  },
});

const verify = defineCommand({
  meta: { name: 'verify', description: 'Check a transcript again, by itself and against this installation' },
  args: { transcript: { type: 'positional', description: 'the file', required: true }, json },
  run: async ({ args }) => {
    const text = readTextFile(args.transcript);
    if (text === undefined) return printUnreadable(args.json, args.transcript);
    const checked = verifyTranscript(text);
    if (!checked.ok) return printFailure(args.json, checked.failure);
    await withInstallation(args.json, async ({ systems }) => {
      if (await isOurTranscript(systems.jpki, text))
        print(args.json, checked.value, `${checked.value.of}: ${checked.value.act}, as it was written`);
      else
        printFailure(args.json, {
          code: 'transcript-not-ours',
          detail: 'this house wrote no such transcript',
        });
    });
  },
});

export const ceremony = defineCommand({
  meta: {
    name: 'ceremony',
    description: 'Generations of the authorities, by two officers: propose, approve, list, verify',
  },
  subCommands: { propose, approve, list, verify },
});
