/**
 * Every site's ledger is sealed and audited, and has exactly the entries that the flow pages promise: one an act or
 * refusal at a counter, one a loaded record, one a notice at each tier, one a number written, one a person shown.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '@ishizue/db';
import { audit, type CheckpointSigner, formatCheckpoint, seal } from '@ishizue/ledger';
import { ok } from '@ishizue/outcome';
import { municipalSite, NATIONAL_SITE, prefecturalSite } from '@ishizue/registry';
import { type Installation, pseudonyms } from '../installation.ts';
import { sequenceOf } from './check-records.ts';
import { heardAt } from './check-tiers.ts';
import { differencesOf, type EndOfYear, installationOf } from './end-of-year.ts';

export async function checkLedgers(end: EndOfYear): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const installation of end.installations) wrong.push(...(await sealAndAudit(installation)));
  for (const municipality of end.country.municipalities)
    wrong.push(...(await checkMunicipal(end, municipality)));
  for (const prefecture of [...end.country.prefectures, null])
    wrong.push(...(await checkTier(end, prefecture)));
  return wrong;
}

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const rawKey = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
const originOf = (site: string): string => `ledger.example/${site}`;
const keyOf = (site: string) => ({ name: originOf(site), publicKey: rawKey });

const signer: CheckpointSigner = {
  originOf,
  sign: (request) =>
    Promise.resolve(
      ok({
        key: keyOf(request.site),
        signature: sign(null, Buffer.from(formatCheckpoint(request)), privateKey),
      }),
    ),
};

const SEALINGS_MAX = 80;

async function sealAndAudit(installation: Installation): Promise<readonly string[]> {
  const { name, sites, database, registry, superuser } = installation;
  if (!database || !registry) return [`${name}: no ledger to look at`];
  const sql = database.pool('ledger');
  const entries = await superuser<{ site: string; count: number }[]>`
    SELECT site, count(*) AS count FROM ledger.entry GROUP BY site`;
  const counts = new Map(entries.map(({ site, count }) => [site, count]));
  for (let nth = 1; ; nth++) {
    const sealed = await seal(sql, registry.clock, signer);
    if (!sealed.ok) return [`${name}: the ledgers cannot be sealed, ${sealed.failure.code}`];
    const wrong = await auditAll(sql, sites, counts);
    if (wrong.length === 0 || nth === SEALINGS_MAX) return wrong;
    await sleep(250); // somebody else's transaction on this server may hold the last entries back
  }
}

async function auditAll(
  sql: Sql,
  sites: readonly string[],
  counts: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const site of sites) {
    const outcome = await audit(sql, site, [keyOf(site)]);
    if (!outcome.ok) wrong.push(`ledger of ${site}: ${outcome.failure.code}, ${outcome.failure.detail}`);
    else if (outcome.value.size === 0 || outcome.value.size !== counts.get(site))
      wrong.push(`ledger of ${site}: ${counts.get(site) ?? 0} entries, ${outcome.value.size} sealed`);
  }
  return wrong;
}

/** How many entries a site has of each person, by what makes them alike. */
async function countAt(
  end: EndOfYear,
  site: string,
  affair: string,
  result: 'ok' | 'any' | 'withdrawn',
): Promise<ReadonlyMap<string, string>> {
  const sql = installationOf(end, site).superuser;
  const rows = await sql<{ subject: string; count: number }[]>`
    SELECT encode(subject, 'hex') AS subject, count(*) AS count FROM ledger.entry
    WHERE site = ${site} AND affair = ${affair} AND subject IS NOT NULL
      AND (${result} = 'any' OR result = ${result}) GROUP BY 1`;
  return new Map(rows.map(({ subject, count }) => [subject, String(count)]));
}

/** The same by pseudonym, for what the model counts by code. */
function bySubject(site: string, counts: Iterable<readonly [string, number]>): ReadonlyMap<string, string> {
  return new Map(
    [...counts]
      .filter(([, count]) => count > 0)
      .map(([code, count]) => [Buffer.from(pseudonyms.of(site, code)).toString('hex'), String(count)]),
  );
}

function ofMunicipality(counts: ReadonlyMap<string, number>, municipality: string): [string, number][] {
  return [...counts].flatMap(([key, count]) => {
    const [place, code = ''] = key.split(' ');
    return place === municipality ? [[code, count] satisfies [string, number]] : [];
  });
}

async function checkMunicipal(end: EndOfYear, municipality: string): Promise<readonly string[]> {
  const site = municipalSite(municipality);
  const { model, looks } = end;
  const acts = bySubject(site, ofMunicipality(model.answered, municipality));
  const shown = bySubject(site, ofMunicipality(looks, municipality));
  const written = bySubject(
    site,
    model.records
      .filter((record) => record.municipality === municipality)
      .map(({ residentCode, asked }) => [residentCode, asked] as const),
  );
  return [
    ...differencesOf(
      `acts on the ledger of ${site}`,
      acts,
      await countAt(end, site, 'simulated-counter', 'any'),
    ),
    ...differencesOf(
      `looks on the ledger of ${site}`,
      shown,
      await countAt(end, site, 'simulated-desk', 'any'),
    ),
    ...differencesOf(
      `numbers on the ledger of ${site}`,
      written,
      await countAt(end, site, 'numbering', 'any'),
    ),
  ];
}

async function checkTier(end: EndOfYear, prefecture: string | null): Promise<readonly string[]> {
  const site = prefecture === null ? NATIONAL_SITE : prefecturalSite(prefecture);
  const heard = [...heardAt(end, prefecture)];
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  const taken = heard.map(
    ([code, records]) =>
      [
        code,
        sum(records.map(({ record, after }) => sequenceOf(record) - Math.min(after, sequenceOf(record)))),
      ] as const,
  );
  return differencesOf(
    `notices on the ledger of ${site}`,
    bySubject(site, taken),
    await countAt(end, site, 'identity-notice', 'ok'),
  );
}
