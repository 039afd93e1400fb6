/**
 * Lists of revoked certificates that a municipality keeps, so that it verifies without asking anybody while they last
 * (docs/flows/local-authentication.md step 5). A list is believed before it is kept: its issuer is an authority that is
 * trusted, signed it, and it is in date. A kept list is never replaced by an older one. Whether it is still in date at a
 * verification is decided there: one past its nextUpdate is handed out only where no newer one came.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import type { ListFetcher } from '@ishizue/jpki';
import { municipalSite } from '@ishizue/registry';
import { type Certificate, type Crl, parseCrl, verifySignature } from '@ishizue/x509';
import type { LocalContext } from './local-context.ts';
import { LOCAL_KINDS } from './local-kind.ts';
import { type LocalSetting, readSetting } from './setting.ts';

const UNUSED_DAYS_MAX = 30;
/** Held in memory at once by a refresh. */
const REFRESHED_AT_ONCE = 4;

/** Answers from what is kept; fetches where nothing is, or what is has run out. */
export function keptLists(
  context: LocalContext,
  municipality: string,
  { verifier }: LocalSetting,
): ListFetcher {
  return async (path) => {
    const kept = await readKept(context, municipality, path);
    if (kept && kept.nextUpdate.getTime() >= context.clock.now()) return kept.der;
    const [fetched] = await fetchAll(context, verifier, [path]);
    if (!fetched) return kept?.der;
    await keep(context, municipality, [fetched]);
    return fetched.crl.der;
  };
}

interface KeptList {
  readonly der: Buffer;
  readonly nextUpdate: Date;
}

/** With the day on which it was used last, by which unused ones are forgotten. */
async function readKept(
  { sql, clock }: LocalContext,
  municipality: string,
  path: string,
): Promise<KeptList | undefined> {
  const today = dateInTokyo(clock.now());
  const [row] = await inTransaction(
    sql,
    { site: municipalSite(municipality) },
    (tx) => tx<KeptList[]>`
      WITH used AS (
        UPDATE local_authentication.municipal_list SET used_on = ${today}::date
        WHERE municipality_code = ${municipality} AND path = ${path} AND used_on < ${today}::date
      )
      SELECT der, next_update AS "nextUpdate" FROM local_authentication.municipal_list
      WHERE municipality_code = ${municipality} AND path = ${path}`,
  );
  return row;
}

interface FetchedList {
  readonly path: string;
  readonly crl: Crl;
  readonly nextUpdate: number;
}

/** Those that came and are believed. One after another: a municipality asks the centre for no more than it can take. */
async function fetchAll(
  context: LocalContext,
  verifier: string,
  paths: readonly string[],
): Promise<readonly FetchedList[]> {
  const authorities = await context.desk.authorities(LOCAL_KINDS);
  const fetched: FetchedList[] = [];
  for (const path of paths) {
    const der = await context.desk.list(verifier, path);
    const list = der && believe(authorities, path, der, context.clock.now());
    if (list) fetched.push(list);
  }
  return fetched;
}

/** The path names the key of the authority: another one's list is none of this place. */
function believe(
  authorities: readonly Certificate[],
  path: string,
  der: Uint8Array,
  now: number,
): FetchedList | undefined {
  const parsed = parseCrl(der);
  const key = path.split('/')[2];
  const issuer = authorities.find(
    ({ known }) => Buffer.from(known.subjectKeyIdentifier ?? []).toString('hex') === key,
  );
  if (!parsed.ok || !issuer) return undefined;
  const crl = parsed.value;
  const { thisUpdate, nextUpdate } = crl;
  const isCurrent = nextUpdate !== undefined && thisUpdate <= now && now <= nextUpdate;
  return isCurrent && verifySignature(crl, issuer.publicKey).ok ? { path, crl, nextUpdate } : undefined;
}

async function keep(
  { sql, clock }: LocalContext,
  municipality: string,
  lists: readonly FetchedList[],
): Promise<void> {
  const today = dateInTokyo(clock.now());
  await inTransaction(
    sql,
    { site: municipalSite(municipality) },
    (tx) => tx`
      INSERT INTO local_authentication.municipal_list AS kept (municipality_code, path, der, this_update, next_update,
        used_on)
      SELECT ${municipality}, path, decode(der, 'base64'), this_update, next_update, ${today}::date
      FROM unnest(${lists.map(({ path }) => path)}::text[],
        ${lists.map(({ crl }) => Buffer.from(crl.der).toString('base64'))}::text[],
        ${lists.map(({ crl }) => new Date(crl.thisUpdate).toISOString())}::timestamptz[],
        ${lists.map(({ nextUpdate }) => new Date(nextUpdate).toISOString())}::timestamptz[]
      ) AS given(path, der, this_update, next_update)
      ON CONFLICT (municipality_code, path) DO UPDATE
      SET der = excluded.der, this_update = excluded.this_update, next_update = excluded.next_update
      WHERE kept.this_update < excluded.this_update`,
  );
}

/**
 * Fetches again every list that the municipality keeps, and forgets those that nobody has needed for a month. Answers how
 * many came. Standing work of a municipality that asks by list; nothing for one that asks by OCSP.
 */
export async function refreshLists(context: LocalContext, municipality: string): Promise<number> {
  const setting = await readSetting(context, municipality);
  if (setting?.method !== 'crl') return 0;
  const paths = await keptPaths(context, municipality);
  let came = 0;
  for (let start = 0; start < paths.length; start += REFRESHED_AT_ONCE) {
    const lists = await fetchAll(context, setting.verifier, paths.slice(start, start + REFRESHED_AT_ONCE));
    if (lists.length > 0) await keep(context, municipality, lists);
    came += lists.length;
  }
  return came;
}

async function keptPaths({ sql, clock }: LocalContext, municipality: string): Promise<readonly string[]> {
  const today = dateInTokyo(clock.now());
  return inTransaction(sql, { site: municipalSite(municipality) }, async (tx) => {
    await tx`
      DELETE FROM local_authentication.municipal_list
      WHERE municipality_code = ${municipality} AND used_on < ${today}::date - ${UNUSED_DAYS_MAX}::int`;
    const rows = await tx<{ path: string }[]>`
      SELECT path FROM local_authentication.municipal_list WHERE municipality_code = ${municipality} ORDER BY path`;
    return rows.map(({ path }) => path);
  });
}
