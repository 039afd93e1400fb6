/**
 * An interaction of the protocol as our pages see it: found by the cookie that the library set for its path, and settled by
 * what the person did. The library wants a request and a response; it reads the cookie of the one and leaves the other.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ConsentItem } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import type { SignInPlace } from './acts/challenge.ts';
import { hostOf, organisationOf } from './clients/client-store.ts';
import { findPermittedClient, type PermittedClient } from './provider/client-metadata.ts';
import type { SignInProvider } from './provider/sign-in-provider.ts';
import type { SignInContext } from './sign-in-context.ts';

export type InteractionFailure = 'interaction-unknown' | 'client-unknown';

export interface Interaction {
  readonly uid: string;
  readonly wants: 'card' | 'consent';
  readonly client: PermittedClient;
  readonly place: SignInPlace;
  /** Where the browser goes in the end. */
  readonly redirectOrigin: string;
  /** The items behind the scopes that are asked for. */
  readonly items: readonly ConsentItem[];
  readonly scope: string;
  /** What the request wants the person to be asked again. */
  readonly prompts: readonly string[];
  /** The session that was there, if any. */
  readonly session: { readonly uid: string; readonly act: string } | undefined;
  /** The act that has signed, where consent is wanted. */
  readonly act: string | undefined;
  readonly provider: Provider;
  /** Stores what came of it; answers the path where the browser goes on. */
  settle(result: InteractionResults): Promise<string>;
}

const ITEMS_OF_SCOPE: Readonly<Record<string, readonly ConsentItem[]>> = {
  profile: ['name', 'birth-date', 'sex'],
  address: ['address'],
};

export async function findInteraction(
  context: SignInContext,
  providers: SignInProvider,
  cookie: string | undefined,
  uid: string,
): Promise<Result<Interaction, InteractionFailure>> {
  const provider = await providers.current();
  const [request, response] = asLibraryWants(cookie);
  const unknown = fail('interaction-unknown', 'this browser began no such sign-in, or it is over');
  const details = await provider.interactionDetails(request, response).catch((error: unknown) => {
    if (error instanceof errors.SessionNotFound) return undefined;
    throw error;
  });
  if (details?.uid !== uid) return unknown;
  const { params, prompt, session } = details;
  const client = await findPermittedClient(context, textOf(params['client_id']));
  if (!client) return fail('client-unknown', 'the client may not be signed in at');
  const scope = textOf(params['scope']);
  return ok({
    uid,
    wants: prompt.name === 'consent' ? 'consent' : 'card',
    client,
    place: {
      title: client.rights.title,
      verifier: organisationOf(client.client),
      host: hostOf(client.client),
    },
    redirectOrigin: new URL(textOf(params['redirect_uri'])).origin,
    items: scope.split(' ').flatMap((word) => ITEMS_OF_SCOPE[word] ?? []),
    scope,
    prompts: textOf(params['prompt']).split(' '),
    session: session?.uid === undefined ? undefined : { uid: session.uid, act: session.accountId },
    act: session?.accountId,
    provider,
    settle: async (result) => {
      const returnTo = await provider.interactionResult(request, response, result, {
        mergeWithLastSubmission: true,
      });
      return new URL(returnTo).pathname;
    },
  });
}

const textOf = (parameter: unknown): string => (typeof parameter === 'string' ? parameter : '');

function asLibraryWants(cookie: string | undefined): readonly [IncomingMessage, ServerResponse] {
  const request = new IncomingMessage(new Socket());
  if (cookie !== undefined) request.headers.cookie = cookie;
  return [request, new ServerResponse(request)];
}
