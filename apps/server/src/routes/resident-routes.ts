/**
 * What a resident does with the card: sign in by signing a challenge, and see who looked. The list holds every entry about
 * the person in every site's ledger, each with the proof that it is in the signed tree. Looking is an entry too.
 */
import { inTransaction } from '@ishizue/db';
import { RateLimit, route } from '@ishizue/http';
import { type AuthenticateFailure, authenticateHolder } from '@ishizue/jpki';
import { accessesOf, recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { codesOfHolder, NATIONAL_SITE } from '@ishizue/registry';
import { z } from 'zod';
import type { Country } from '../country.ts';

export const residentStatuses = {
  'challenge-unknown': 410,
  'sign-in-refused': 401,
  'holder-unknown': 401,
} as const;

const PURPOSE = 'sign-in';
const ACCESSES_OF_SITE_MAX = 200;

const accessView = z.object({
  site: z.string(),
  siteName: z.string(),
  /** The leaf exactly as it was hashed. */
  leaf: z.string(),
  sealed: z.boolean(),
  index: z.int().optional(),
  proof: z.array(z.string()).optional(),
  /** Of a joint entry: my pseudonym, and my place among those whom the entry is about. */
  joint: z.object({ subject: z.hex(), index: z.int(), proof: z.array(z.string()) }).optional(),
});
const siteView = z.object({
  site: z.string(),
  name: z.string(),
  vkey: z.string(),
  checkpoint: z.string().nullable(),
  /** Whether there are older entries than those shown. */
  more: z.boolean(),
});

export function residentRoutes(country: Country) {
  const { clock } = country;
  const rateLimit = new RateLimit({ clock, burst: 30, perMinute: 60 });
  const challenge = route({
    method: 'POST',
    path: '/sign-in/challenges',
    summary: 'A challenge for a card to sign',
    tags: ['resident'],
    access: 'public',
    rateLimit,
    body: z.strictObject({}),
    responses: { 201: z.object({ id: z.string(), challenge: z.base64(), expiresAt: z.iso.datetime() }) },
    handler: async () => {
      const { id, nonce, expiresAt } = await country.challenges.create(PURPOSE);
      return ok({ id, challenge: nonce.toString('base64'), expiresAt: expiresAt.toISOString() });
    },
  });
  const signIn = route({
    method: 'POST',
    path: '/sign-in',
    summary: 'Sign in with a signed challenge and the authentication certificate',
    tags: ['resident'],
    access: 'public',
    rateLimit,
    bodyBytesMax: 16_384,
    body: z.strictObject({
      challengeId: z.uuid(),
      certificate: z.base64().max(8_192),
      signature: z.base64().max(2_048),
    }),
    responses: { 201: z.object({ token: z.string(), expiresAt: z.iso.datetime() }) },
    handler: async ({ body, correlation }) => {
      const nonce = await country.challenges.consume(body.challengeId, PURPOSE);
      if (!nonce.ok) return nonce;
      const holder = await authenticateHolder(
        country.systems.jpki,
        { terminal: 'sign-in', article: '公的個人認証法 第36条', affair: 'sign-in', correlation },
        {
          certificate: Buffer.from(body.certificate, 'base64'),
          challenge: nonce.value,
          signature: Buffer.from(body.signature, 'base64'),
        },
      );
      if (!holder.ok) return refused(holder.failure.code);
      const session = await country.sessions.open({
        kind: 'person',
        site: NATIONAL_SITE,
        holder: country.pseudonyms.of(NATIONAL_SITE, holder.value.residentCode).toString('hex'),
        certificateSerial: holder.value.serial,
      });
      return ok({ token: session.token, expiresAt: session.expiresAt.toISOString() });
    },
  });
  const accesses = route({
    method: 'GET',
    path: '/me/accesses',
    summary: 'Every access to my data, at every site, with its proof',
    tags: ['resident'],
    access: 'person',
    responses: { 200: z.object({ sites: z.array(siteView), accesses: z.array(accessView) }) },
    handler: async ({ actor, correlation }) => {
      const residentCode = await country.findHolder(actor.certificateSerial);
      if (residentCode === undefined) return fail('holder-unknown', 'the certificate is nobody’s');
      await recordLook(country, actor.holder, correlation);
      return ok(await listAccesses(country, await codesOfHolder(country.systems.registry, residentCode)));
    },
  });
  return [challenge, signIn, accesses] as const;
}

const refused = (code: AuthenticateFailure): Result<never, 'sign-in-refused'> =>
  fail('sign-in-refused', `the card was not accepted: ${code}`);

async function recordLook(country: Country, holder: string, correlation: string): Promise<void> {
  await inTransaction(country.database.pool('registry'), { site: NATIONAL_SITE }, (tx) =>
    recordEntry(tx, {
      site: NATIONAL_SITE,
      at: country.clock.now(),
      actorKind: 'person',
      actor: holder,
      terminal: 'sign-in',
      article: '住民基本台帳法 第30条の32',
      affair: 'own-accesses',
      subject: Buffer.from(holder, 'hex'),
      fields: ['ledger-entries'],
      result: 'ok',
      correlation,
    }),
  );
}

/** @param residentCodes all that the person has had: an entry keeps the pseudonym of its time */
async function listAccesses(country: Country, residentCodes: readonly string[]) {
  const sql = country.database.pool('ledger');
  const pages = await Promise.all(
    country.sites.flatMap(({ site, name }) =>
      residentCodes.map(async (code) => {
        const subject = country.pseudonyms.of(site, code);
        return { site, name, page: await accessesOf(sql, site, subject, { limit: ACCESSES_OF_SITE_MAX }) };
      }),
    ),
  );
  const bySite = [...Map.groupBy(pages, ({ site }) => site).values()];
  return {
    sites: bySite.flatMap(([first, ...others]) =>
      first
        ? [
            {
              site: first.site,
              name: first.name,
              vkey: country.keys.ledgerKeyOf(first.site),
              checkpoint: first.page.checkpoint?.note ?? null,
              more: [first, ...others].some(({ page }) => page.next !== undefined),
            },
          ]
        : [],
    ),
    accesses: pages
      .flatMap(({ site, name, page }) => page.accesses.map((access) => ({ site, name, access })))
      .sort((a, b) => b.access.entry.at - a.access.entry.at)
      .map(({ site, name, access }) => ({
        site,
        siteName: name,
        leaf: access.leaf,
        sealed: access.sealed,
        ...(access.sealed && { index: access.index, proof: textsOf(access.proof) }),
        ...(access.joint && {
          joint: {
            subject: Buffer.from(access.joint.subject).toString('hex'),
            index: access.joint.index,
            proof: textsOf(access.joint.proof),
          },
        }),
      })),
  };
}

const textsOf = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64'));
