/**
 * `ishizue ceremony …`: generations of the certification authorities, each step by an officer who signs in and says why; one
 * proposes, another approves. Flow: docs/flows/authority-generations.md.
 */
import { readFileSync } from 'node:fs';
import {
  approveCeremony,
  CEREMONY_OFFICER,
  CERTIFICATE_KINDS,
  type Ceremony,
  type CeremonyOfficer,
  type CeremonyPlan,
  isOurTranscript,
  listCeremonies,
  proposeCeremony,
  verifyTranscript,
} from '@ishizue/jpki';
import type { Result } from '@ishizue/outcome';
import { actingKeyOperator, type Country } from '@ishizue/server';
import { type ArgsDef, defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
const acting = {
  operator: { type: 'string', description: 'the officer who acts, e.g. o-1a2b3c', required: true },
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

const unusable = (asJson: boolean, code: string, detail: string): void =>
  printFailure(asJson, { code, detail }, EXIT_UNUSABLE);

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const line = ({ id, act: wanted, kind, generation, proposedBy, approvedBy, finishedAt }: Ceremony): string =>
  `${id}  ${wanted}  ${kind}-${generation}  by ${proposedBy}  ${
    finishedAt === null
      ? approvedBy === null
        ? 'open'
        : `approved by ${approvedBy}, unfinished`
      : 'finished'
  }`;

/** Signs the officer in, lets the step be done, and prints the transcript where there is one. */
async function act(
  args: Acting,
  work: (country: Country, by: CeremonyOfficer) => Promise<Result<Ceremony>>,
): Promise<void> {
  const secret = read(args['secret-file'])?.replace(/\r?\n$/, '');
  if (secret === undefined) return unusable(args.json, 'file-unreadable', args['secret-file']);
  await withInstallation(args.json, async (country) => {
    const { operator, purpose } = args;
    const by = await actingKeyOperator(country, { operator, secret, role: CEREMONY_OFFICER, purpose });
    if (!by.ok) return printFailure(args.json, by.failure);
    const done = await work(country, by.value);
    if (!done.ok) return printFailure(args.json, done.failure);
    print(args.json, done.value, done.value.transcript ?? line(done.value));
  });
}

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
    ...acting,
  },
  run: async ({ args }) => {
    const plan = readPlan({ act: args.act, kind: args.kind, generation: args.generation, from: args.from });
    if (!plan) return unusable(args.json, 'plan-invalid', 'an act, a kind, and what belongs to the act');
    await act(args, ({ systems }, by) => proposeCeremony(systems.jpki, by, plan));
  },
});

const approve = defineCommand({
  meta: {
    name: 'approve',
    description: 'Approve as the second person; it is then done, and the transcript printed',
  },
  args: { id: { type: 'positional', description: 'the ceremony’s id', required: true }, ...acting },
  run: ({ args }) => act(args, ({ systems }, by) => approveCeremony(systems.jpki, by, args.id)),
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
    const text = read(args.transcript);
    if (text === undefined) return unusable(args.json, 'file-unreadable', args.transcript);
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
