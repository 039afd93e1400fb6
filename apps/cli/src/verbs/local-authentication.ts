/**
 * `ishizue local-authentication …`: the programs for which a municipality verifies cards, and as which verifier it asks the
 * centre. Every act is an officer's of the municipality, who signs in with a secret from a file and says why. Flow:
 * docs/flows/local-authentication.md.
 */
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
import type { Country } from '@ishizue/server';
import { defineCommand } from 'citty';
import {
  ACTING,
  actAs,
  type OperatorArgs,
  printUnreadable,
  printUnusable,
  readTextFile,
  type Told,
} from '../acting-operator.ts';
import { withInstallation } from '../open-installation.ts';
import { print } from '../report.ts';

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
interface ActingArgs extends OperatorArgs {
  readonly municipality: string;
}

/** An act of the municipality's officer. */
const act = <T>(
  args: ActingArgs,
  work: (country: Country, by: LocalOfficer) => Promise<Result<T>>,
  told: (value: T) => Told,
): Promise<void> =>
  actAs(args, { role: LOCAL_AUTHENTICATION_OFFICER, site: municipalSite(args.municipality) }, work, told);

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
    ...ACTING,
  },
  run: async ({ args }) => {
    const method = wordOf(STATUS_METHODS, args.method);
    if (method === undefined) return printUnusable(args.json, 'method-unknown', 'ocsp or crl');
    const { verifier } = args;
    await act(
      args,
      ({ systems }, by) =>
        changeSetting(systems.localAuthentication, args.municipality, by, { verifier, method }),
      (setting) => ({ value: setting, text: `${setting.verifier} by ${setting.method}` }),
    );
  },
});

const register = defineCommand({
  meta: { name: 'register', description: 'Register a program by the key of its signed requests' },
  args: {
    municipality,
    program,
    key: { type: 'string', description: 'a file with its public key: Ed25519, PEM', required: true },
    ...ACTING,
  },
  run: async ({ args }) => {
    const publicKeyPem = readTextFile(args.key);
    if (publicKeyPem === undefined) return printUnreadable(args.json, args.key);
    const wish = { program: args.program, publicKeyPem };
    await act(
      args,
      ({ systems }, by) => registerProgram(systems.localAuthentication, args.municipality, by, wish),
      (registered) => ({
        value: registered,
        text: `${registered.program} signs its requests as ${registered.keyId}`,
      }),
    );
  },
});

const actVerb = defineCommand({
  meta: { name: 'act', description: 'Suspend a program at once, restore it, end it for good' },
  args: {
    municipality,
    program,
    act: { type: 'positional', description: PROGRAM_ACTS.join(', '), required: true },
    ...ACTING,
  },
  run: async ({ args }) => {
    const named = wordOf(PROGRAM_ACTS, args.act);
    if (named === undefined) return printUnusable(args.json, 'act-unknown', PROGRAM_ACTS.join(', '));
    const wish = { program: args.program, act: named };
    await act(
      args,
      ({ systems }, by) => changeProgram(systems.localAuthentication, args.municipality, by, wish),
      (state) => ({ value: { program: args.program, state }, text: `${args.program}: ${state}` }),
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
