/**
 * `ishizue client …`: programs at which people sign in with the card, of registered verifiers. Every act is an officer's for
 * verifiers, who signs in with a secret from a file and says why. Flow: docs/flows/sign-in.md.
 */
import { parseArgs } from 'node:util';
import { VERIFIER_OFFICER } from '@ishizue/jpki';
import { type Client, clientTerms, endClient, listClients, registerClient } from '@ishizue/sign-in';
import { defineCommand } from 'citty';
import { ACTING, actAs, printUnusable } from '../acting-operator.ts';
import { withInstallation } from '../open-installation.ts';
import { print } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

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
    ...ACTING,
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
    if (!terms.success) return printUnusable(args.json, 'terms-invalid', 'addresses, or --token-alg');
    await actAs(
      args,
      { role: VERIFIER_OFFICER },
      ({ systems }, by) => registerClient(systems.signIn, by, terms.data),
      ({ client, secret }) => ({
        value: { client, secret },
        text: `client ${client}\nsecret ${secret ?? '(none: a public client)'}`,
      }),
    );
  },
});

const end = defineCommand({
  meta: { name: 'end', description: 'End a client for good; who is signed in there is answered no longer' },
  args: { client: { type: 'positional', description: 'its id', required: true }, ...ACTING },
  run: ({ args }) =>
    actAs(
      args,
      { role: VERIFIER_OFFICER },
      ({ systems }, by) => endClient(systems.signIn, by, args.client),
      () => ({ value: { client: args.client, ended: true }, text: `client ${args.client}: ended` }),
    ),
});

export const client = defineCommand({
  meta: {
    name: 'client',
    description: 'Programs at which people sign in with the card: list, register, end',
  },
  subCommands: { list, register, end },
});
