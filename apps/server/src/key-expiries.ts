/** Until when the sites' node certificates are good, for the network watch. A revoked node expires no more. */
import { type KeyContext, listNodes } from '@ishizue/key-server';

export async function siteKeyExpiries(keyServer: KeyContext): Promise<ReadonlyMap<string, Date>> {
  const nodes = await listNodes(keyServer);
  return new Map(
    nodes.flatMap(({ node, kind, state, notAfter }) =>
      kind === 'site' && state !== 'revoked' && notAfter !== null
        ? [[node, new Date(notAfter)] as const]
        : [],
    ),
  );
}
