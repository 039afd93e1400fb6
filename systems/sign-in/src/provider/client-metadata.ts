/**
 * A client as the protocol's library knows it, made at every step from its row and from what its verifier is registered for
 * at this instant: of one who is suspended, or may not check authentication certificates, there is none.
 */
import { inTransaction } from '@ishizue/db';
import { permitSignIn, type VerifierRights } from '@ishizue/jpki';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { AdapterPayload } from 'oidc-provider';
import { type Client, findClient } from '../clients/client-store.ts';
import type { SignInContext } from '../sign-in-context.ts';

/** A client that may be signed in at, with the rights of whose it is. */
export interface PermittedClient {
  readonly client: Client;
  readonly rights: VerifierRights;
}

export async function findPermittedClient(
  { sql, jpki }: Pick<SignInContext, 'sql' | 'jpki'>,
  id: string,
): Promise<PermittedClient | undefined> {
  if (!/^[a-z]{20}$/.test(id)) return undefined;
  const client = await inTransaction(sql, { site: NATIONAL_SITE }, (tx) => findClient(tx, id));
  if (!client || client.endedAt !== null) return undefined;
  const { verifier, onBehalfOf } = client;
  const permit = await permitSignIn(jpki, { verifier, onBehalfOf: onBehalfOf ?? undefined });
  return permit.ok ? { client, rights: permit.value } : undefined;
}

export async function clientMetadata(
  context: Pick<SignInContext, 'sql' | 'jpki'>,
  id: string,
): Promise<AdapterPayload | undefined> {
  const found = await findPermittedClient(context, id);
  if (!found) return undefined;
  const { client, rights } = found;
  return {
    client_id: client.client,
    client_name: rights.title,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.signedOutUris],
    response_types: ['code'],
    response_modes: ['query'],
    grant_types: ['authorization_code'],
    subject_type: 'pairwise',
    id_token_signed_response_alg: client.tokenAlg,
    require_auth_time: true,
    scope: rights.services.includes('latest-attributes') ? 'openid profile address' : 'openid',
    ...(client.secretSha256 === null
      ? { token_endpoint_auth_method: 'none' }
      : {
          token_endpoint_auth_method: 'client_secret_basic',
          client_secret: client.secretSha256.toString('hex'),
        }),
  };
}
