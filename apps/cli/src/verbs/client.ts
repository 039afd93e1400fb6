/**
 * `ishizue client …`: programs at which people sign in with the card, of registered verifiers. Every act is an officer's for
 * verifiers, who signs in with a secret from a file and says why. Flow: docs/flows/sign-in.md.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { VERIFIER_OFFICER, type VerifierOfficer } from '@ishizue/jpki';
import type { Result } from '@ishizue/outcome';
import { actingKeyOperator, type Country } from '@ishizue/server';
import { type Client, clientTerms, endClient, listClients, registerClient } from '@ishizue/sign-in';
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

function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

async function act<T>(
  args: Acting,
  work: (country: Country, by: VerifierOfficer) => Promise<Result<T>>,
  told: (value: T) => readonly [object, string],
): Promise<void> {
  const secret = readSecret(args['secret-file']);
  if (secret === undefined)
    return printFailure(args.json, { code: 'file-unreadable', detail: args['secret-file'] }, EXIT_UNUSABLE);
  await withInstallation(args.json, async (country) => {
    const { operator, purpose } = args;
    const by = await actingKeyOperator(country, { operator, secret, role: VERIFIER_OFFICER, purpose });
    if (!by.ok) return printFailure(args.json, by.failure);
    const done = await work(country, by.value);
    if (!done.ok) return printFailure(args.json, done.failure);
    print(args.json, ...told(done.value));
  });
}

const clientText = ({ client, verifier, onBehalfOf, redirectUris, endedAt }: Client): string =>
  `${client}  ${onBehalfOf ?? verifier}  ${endedAt === null ? 'registered' : 'ended'}  ${redirectUris.join(' ')}`;

const list = defineCommand({
  meta: { name: 'list', description: 'Clients: whose they are, their addresses' },
  args: { json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const clients = await listClients(country.systems.signIn);
      const shown = clients.map(({ secretSha256, ...client }) => ({
        ...client,
        keepsSecret: secretSha256 !== null,
      }));
      print(args.json, { clients: shown }, clients.map(clientText).join('\n') || 'no client');
    });
  },
});

/** Every value of an option that may come again. */
const every = (rawArgs: readonly string[], option: string): string[] => {
  const { values } = parseArgs({
    args: [...rawArgs],
    options: { [option]: { type: 'string', multiple: true } },
    strict: false,
  });
  return [values[option] ?? []].flat().map(String);
};

const register = defineCommand({
  meta: {
    name: 'register',
    description: 'Register a client of a live verifier; its secret is shown this once',
  },
  args: {
    verifier: { type: 'positional', description: 'the verifier’s name, e.g. verifier/bank', required: true },
    redirect: {
      type: 'string',
      description: 'where people come back to, to the letter; again for more, on one host',
      required: true,
    },
    'signed-out': {
      type: 'string',
      description: 'where they may come back to after signing out; again for more',
    },
    firm: { type: 'string', description: 'the delegating firm whose program it is, e.g. verifier/shop' },
    public: { type: 'boolean', description: 'a program that can keep no secret', default: false },
    'token-alg': { type: 'string', description: 'of ID tokens: ES256 or RS256', default: 'ES256' },
    ...acting,
  },
  run: async ({ args, rawArgs }) => {
    const terms = clientTerms.safeParse({
      verifier: args.verifier,
      onBehalfOf: args.firm ?? null,
      redirectUris: every(rawArgs, 'redirect'),
      signedOutUris: every(rawArgs, 'signed-out'),
      tokenAlg: args['token-alg'],
      keepsSecret: !args.public,
    });
    if (!terms.success)
      return printFailure(
        args.json,
        { code: 'terms-invalid', detail: 'addresses, or --token-alg' },
        EXIT_UNUSABLE,
      );
    await act(
      args,
      ({ systems }, by) => registerClient(systems.signIn, by, terms.data),
      ({ client, secret }) => [
        { client, secret },
        `client ${client}\nsecret ${secret ?? '(none: a public client)'}`,
      ],
    );
  },
});

const end = defineCommand({
  meta: { name: 'end', description: 'End a client for good; who is signed in there is answered no longer' },
  args: { client: { type: 'positional', description: 'its id', required: true }, ...acting },
  run: ({ args }) =>
    act(
      args,
      ({ systems }, by) => endClient(systems.signIn, by, args.client),
      () => [{ client: args.client, ended: true }, `client ${args.client}: ended`],
    ),
});

export const client = defineCommand({
  meta: {
    name: 'client',
    description: 'Programs at which people sign in with the card: list, register, end',
  },
  subCommands: { list, register, end },
});
