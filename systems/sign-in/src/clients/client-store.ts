/** The rows of clients: programs at which people sign in. */
import type { Tx } from '@ishizue/db';

export type TokenAlgorithm = 'ES256' | 'RS256';

export interface Client {
  readonly client: string;
  readonly verifier: string;
  readonly onBehalfOf: string | null;
  readonly redirectUris: readonly string[];
  readonly signedOutUris: readonly string[];
  readonly tokenAlg: TokenAlgorithm;
  readonly secretSha256: Buffer | null;
  readonly registeredAt: Date;
  readonly endedAt: Date | null;
}

const columns = (tx: Tx): ReturnType<Tx> => tx`
  client, verifier, on_behalf_of AS "onBehalfOf", redirect_uris AS "redirectUris", signed_out_uris AS "signedOutUris",
  token_alg AS "tokenAlg", secret_sha256 AS "secretSha256", registered_at AS "registeredAt", ended_at AS "endedAt"`;

export async function findClient(tx: Tx, client: string): Promise<Client | undefined> {
  const [row] = await tx<Client[]>`SELECT ${columns(tx)} FROM sign_in.client WHERE client = ${client}`;
  return row && { ...row };
}

/** All of them, by verifier: some thousand at the most. */
export async function allClients(tx: Tx): Promise<readonly Client[]> {
  const rows = await tx<Client[]>`SELECT ${columns(tx)} FROM sign_in.client ORDER BY verifier, registered_at`;
  return rows.map((row) => ({ ...row }));
}

export async function insertClient(tx: Tx, given: Omit<Client, 'endedAt'>): Promise<void> {
  await tx`
    INSERT INTO sign_in.client (client, verifier, on_behalf_of, redirect_uris, signed_out_uris, token_alg, secret_sha256,
      registered_at)
    VALUES (${given.client}, ${given.verifier}, ${given.onBehalfOf}, ${given.redirectUris}, ${given.signedOutUris},
      ${given.tokenAlg}, ${given.secretSha256}, ${given.registeredAt})`;
}

export async function endClientRow(tx: Tx, client: string, at: Date): Promise<boolean> {
  const { count } = await tx`
    UPDATE sign_in.client SET ended_at = ${at} WHERE client = ${client} AND ended_at IS NULL`;
  return count === 1;
}

/** Whose subjects it is given: the firm's, or else the verifier's. */
export const organisationOf = ({ verifier, onBehalfOf }: Pick<Client, 'verifier' | 'onBehalfOf'>): string =>
  onBehalfOf ?? verifier;

/** The one host of the redirect URIs. */
export const hostOf = ({ redirectUris }: Pick<Client, 'redirectUris'>): string =>
  new URL(redirectUris[0] ?? '').host;
