/** The resident's own look at the ledger: sign-in by card, the list, and a proof file for each entry. */
import { decodeLeaf, formatProofFile } from '@ishizue/ledger';
import { mustSucceed } from '@ishizue/outcome';
import { z } from 'zod';
import type { ShownAccess } from './life-player.ts';
import { PIN_AUTHENTICATION, type Story } from './story.ts';

const challengeAnswer = z.object({ id: z.string(), challenge: z.string() });
const session = z.object({ token: z.string() });
const list = z.object({
  sites: z.array(z.object({ site: z.string(), vkey: z.string(), checkpoint: z.string().nullable() })),
  accesses: z.array(
    z.object({
      site: z.string(),
      siteName: z.string(),
      leaf: z.string(),
      index: z.int().optional(),
      proof: z.array(z.string()).optional(),
      joint: z.object({ subject: z.string(), index: z.int(), proof: z.array(z.string()) }).optional(),
    }),
  ),
});

/** Signs in with the adult's card. */
export async function signIn(story: Story): Promise<string> {
  const { client, state } = story;
  const { id, challenge } = await client.post('/sign-in/challenges', {}, challengeAnswer);
  const chip = await story.cardOf(state.adult);
  const certificate = mustSucceed(await chip.readCertificate('authentication'), 'the certificate');
  const signed = await chip.sign('authentication', PIN_AUTHENTICATION, Buffer.from(challenge, 'base64'));
  const { token } = await client.post(
    '/sign-in',
    {
      challengeId: id,
      certificate: certificate.toString('base64'),
      signature: mustSucceed(signed, 'the card’s signature').toString('base64'),
    },
    session,
  );
  return token;
}

/** Where a site's verifier key is kept, fetched from the site and not from a proof. */
export const keyFile = (site: string): string => `ledger-${fileName(site)}.vkey`;

/** Lists the accesses and keeps a proof file of each that is sealed, and each site's key. */
export async function fetchAccesses(story: Story, token: string): Promise<readonly ShownAccess[]> {
  const { sites, accesses } = await story.client.getAs(token, '/me/accesses', list);
  const bySite = new Map(sites.map((site) => [site.site, site]));
  for (const { site } of sites) {
    const key = await story.client.bytes(`/ledger/${site}/key`);
    story.keep(keyFile(site), key.bytes);
  }
  return accesses.map((access) => {
    const { entry } = entryOf(access.leaf);
    const shown = {
      site: access.site,
      siteName: access.siteName,
      at: new Date(entry.at).toISOString(),
      actorKind: entry.actorKind,
      article: entry.article,
      affair: entry.affair,
      fields: entry.fields,
      result: entry.result,
    };
    const site = bySite.get(access.site);
    if (access.index === undefined || !access.proof || !site?.checkpoint) return shown;
    const { index, leaf, joint } = access;
    const file = formatProofFile({
      leaf,
      index,
      proof: hashesOf(access.proof),
      joint: joint && { ...joint, subject: Buffer.from(joint.subject, 'hex'), proof: hashesOf(joint.proof) },
      checkpoint: site.checkpoint,
      vkey: site.vkey,
    });
    story.keep(`proof-${fileName(access.site)}-${index}.json`, file);
    return { ...shown, proof: { index, treeSize: treeSizeOf(site.checkpoint), file } };
  });
}

const hashesOf = (texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'base64'));

const fileName = (site: string): string => site.replaceAll('/', '-');

function entryOf(leaf: string) {
  return { entry: mustSucceed(decodeLeaf(leaf), 'a leaf of the ledger') };
}

/** The second line of a checkpoint is the size of its tree. */
const treeSizeOf = (checkpoint: string): number => Number(checkpoint.split('\n')[1]);
