/**
 * The key server of an installation, opened: the node authority is there, every site has a certificate for its key, and
 * keys that lie in the signer are found by the id that envelopes name. Flow: docs/flows/key-server.md.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { SiteKey } from '@ishizue/access';
import {
  enrolSites,
  ensureNodeAuthority,
  findNodeSigner,
  type KeyContext,
  type KeyOperator,
  publishLists,
  sitesWithoutCertificate,
} from '@ishizue/key-server';
import { mustSucceed } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Ground } from './ground.ts';

const REQUESTED_AT_ONCE = 100;

/** Opens the key server; sites that have no certificate, of an older installation or new ones, are enrolled. */
export async function openKeyServer(ground: Ground, sites: readonly string[]): Promise<KeyContext> {
  const { database, clock, pseudonyms, signer, configuration } = ground;
  const context: KeyContext = {
    sql: database.pool('key_server'),
    clock,
    pseudonyms,
    signer,
    site: NATIONAL_SITE,
    origin: configuration.publicOrigin,
    randomBytes,
  };
  mustSucceed(await ensureNodeAuthority(context), 'the node authority');
  const missing = await sitesWithoutCertificate(context, sites);
  const requests: { readonly site: string; readonly request: Buffer }[] = [];
  for (let start = 0; start < missing.length; start += REQUESTED_AT_ONCE)
    requests.push(
      ...(await Promise.all(
        missing.slice(start, start + REQUESTED_AT_ONCE).map((site) => requestOf(ground, site)),
      )),
    );
  mustSucceed(await enrolSites(context, setUp(), requests), 'the certificates of sites');
  if (missing.length > 0) mustSucceed(await publishLists(context), 'the lists of the node authority');
  return context;
}

async function requestOf({ signer }: Ground, site: string): Promise<{ site: string; request: Buffer }> {
  const request = await signer.requestCertificate(`link/${site}`);
  return { site, request: mustSucceed(request, `the certification request of ${site}`) };
}

const setUp = (): KeyOperator => ({
  operator: 'o-setup',
  role: 'set-up',
  purpose: 'the site has a key and no certificate when the installation starts',
  terminal: '',
  correlation: randomUUID(),
});

/** The key of a site or terminal that signs a request, by the serial number of its certificate; asked at every request. */
export async function findNodeKey(context: KeyContext, keyId: string): Promise<SiteKey | undefined> {
  const found = await findNodeSigner(context, keyId);
  return found && { site: found.node, publicKey: found.publicKey };
}
