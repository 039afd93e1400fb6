/**
 * `ishizue local-authentication …`: the programs for which a municipality verifies cards, and as which verifier it asks the
 * centre. Every act is an officer's of the municipality, who signs in with a secret from a file and says why. Flow:
 * docs/flows/local-authentication.md.
 */
import { readFileSync } from 'node:fs';
import {
  changeProgram,
  changeSetting,
  LOCAL_AUTHENTICATION_OFFICER,
  type LocalOfficer,
  listPrograms,
  PROGRAM_ACTS,
  type Program,
  readSetting,
  registerProgram,
  STATUS_METHODS,
} from '@ishizue/local-authentication';
import type { Result } from '@ishizue/outcome';
import { municipalSite } from '@ishizue/registry';
import { actingKeyOperator, type Country } from '@ishizue/server';
import { type ArgsDef, defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
const municipality = {
  type: 'positional',
  description: 'the municipality’s six-digit code',
  required: true,
} as const;
const program = {
  type: 'positional',
  description: 'the program’s name, e.g. lunch',
  required: true,
} as const;
const acting = {
  operator: { type: 'string', description: 'the officer who acts, e.g. o-1a2b3c', required: true },
  'secret-file': { type: 'string', description: 'a file with their secret', required: true },
  purpose: { type: 'string', description: 'why, for the record; no personal data', required: true },
  json,
} as const satisfies ArgsDef;

interface Acting {
  readonly municipality: string;
  readonly operator: string;
  readonly 'secret-file': string;
  readonly purpose: string;
  readonly json: boolean;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

const unreadable = (isJson: boolean, file: string): void =>
  printFailure(isJson, { code: 'file-unreadable', detail: file }, EXIT_UNUSABLE);

async function act<T>(
  args: Acting,
  work: (country: Country, by: LocalOfficer) => Promise<Result<T>>,
  told: (value: T) => readonly [object, string],
): Promise<void> {
  const secret = readText(args['secret-file']);
  if (secret === undefined) return unreadable(args.json, args['secret-file']);
  await withInstallation(args.json, async (country) => {
    const { operator, purpose } = args;
    const site = municipalSite(args.municipality);
    const role = LOCAL_AUTHENTICATION_OFFICER;
    const by = await actingKeyOperator(country, { site, operator, secret, role, purpose });
    if (!by.ok) return printFailure(args.json, by.failure);
    const done = await work(country, by.value);
    if (!done.ok) return printFailure(args.json, done.failure);
    print(args.json, ...told(done.value));
  });
}

const wordOf = <Word extends string>(words: readonly Word[], given: string): Word | undefined =>
  words.find((word) => word === given);

const programText = ({ program: name, state, fingerprint }: Program): string =>
  `${name}  ${state}  key ${fingerprint}`;

const list = defineCommand({
  meta: { name: 'list', description: 'The setting of a municipality, and its programs' },
  args: { municipality, json },
  run: async ({ args }) => {
    await withInstallation(args.json, async ({ systems: { localAuthentication } }) => {
      const setting = await readSetting(localAuthentication, args.municipality);
      const programs = await listPrograms(localAuthentication, args.municipality);
      const head = setting ? `${setting.verifier} by ${setting.method}` : 'not set up';
      print(
        args.json,
        { setting: setting ?? null, programs },
        [head, ...programs.map(programText)].join('\n'),
      );
    });
  },
});

const set = defineCommand({
  meta: { name: 'set', description: 'As which verifier the municipality asks the centre, and by what' },
  args: {
    municipality,
    verifier: { type: 'string', description: 'as the centre registered it, verifier/…', required: true },
    method: { type: 'string', description: 'ocsp (each time) or crl (lists that are kept)', required: true },
    ...acting,
  },
  run: async ({ args }) => {
    const method = wordOf(STATUS_METHODS, args.method);
    if (method === undefined)
      return printFailure(args.json, { code: 'method-unknown', detail: 'ocsp or crl' }, EXIT_UNUSABLE);
    const { verifier } = args;
    await act(
      args,
      ({ systems }, by) =>
        changeSetting(systems.localAuthentication, args.municipality, by, { verifier, method }),
      (setting) => [setting, `${setting.verifier} by ${setting.method}`],
    );
  },
});

const register = defineCommand({
  meta: { name: 'register', description: 'Register a program by the key of its signed requests' },
  args: {
    municipality,
    program,
    key: { type: 'string', description: 'a file with its public key: Ed25519, PEM', required: true },
    ...acting,
  },
  run: async ({ args }) => {
    const publicKeyPem = readText(args.key);
    if (publicKeyPem === undefined) return unreadable(args.json, args.key);
    const wish = { program: args.program, publicKeyPem };
    await act(
      args,
      ({ systems }, by) => registerProgram(systems.localAuthentication, args.municipality, by, wish),
      (registered) => [registered, `${registered.program} signs its requests as ${registered.keyId}`],
    );
  },
});

const actVerb = defineCommand({
  meta: { name: 'act', description: 'Suspend a program at once, restore it, end it for good' },
  args: {
    municipality,
    program,
    act: { type: 'positional', description: PROGRAM_ACTS.join(', '), required: true },
    ...acting,
  },
  run: async ({ args }) => {
    const named = wordOf(PROGRAM_ACTS, args.act);
    if (named === undefined)
      return printFailure(args.json, { code: 'act-unknown', detail: PROGRAM_ACTS.join(', ') }, EXIT_UNUSABLE);
    const wish = { program: args.program, act: named };
    await act(
      args,
      ({ systems }, by) => changeProgram(systems.localAuthentication, args.municipality, by, wish),
      (state) => [{ program: args.program, state }, `${args.program}: ${state}`],
    );
  },
});

export const localAuthentication = defineCommand({
  meta: {
    name: 'local-authentication',
    description: 'Programs for which a municipality verifies cards: list, set, register, act',
  },
  subCommands: { list, set, register, act: actVerb },
});
