/**
 * A run of expiry notices (有効期限通知書; docs/flows/expiry-notices.md): everybody whose certificates or card end in the coming
 * three months and who was not told yet is entered, a page of holders at a time; then the letters are written, a bundle of
 * one municipality at a time. Each page and each bundle is committed with its ledger entries, so that a run that was killed
 * goes on under the same id, and one that is finished answers what it came to.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { lastEndInWindow } from '@ishizue/jpki';
import { recordAlike } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import type { ExpiryDesk } from './expiry-desk.ts';
import {
  type BundleName,
  type EndingCard,
  type ExpiryRun,
  type ExpiryRunReport,
  enterTold,
  findBundles,
  findEndingCards,
  forgetUntold,
  insertNotices,
  openRun,
  readRunReport,
  storeClaimed,
  storeClaimedTo,
} from './expiry-store.ts';
import { writeBundle } from './write-bundle.ts';

export type ExpiryRunFailure = 'run-id-malformed';

export interface ExpiryRunOptions {
  /** Chosen by the caller: `[0-9a-z-]{8,40}`. The same again goes on, or is told again. */
  readonly runId: string;
  readonly progress?: (told: string) => void;
  /** Holders looked at in one transaction; 2,000 unless told. */
  readonly page_holders?: number;
  /** Letters of a bundle, by which what is held of them in memory is bounded; 2,000 unless told. */
  readonly bundle_notices?: number;
}

const PAGE_HOLDERS = 2_000;
const BUNDLE_NOTICES = 2_000;

export async function runExpiryNotices(
  desk: ExpiryDesk,
  access: Access,
  options: ExpiryRunOptions,
): Promise<Result<ExpiryRunReport, ExpiryRunFailure>> {
  const { runId, progress } = options;
  if (!/^[0-9a-z-]{8,40}$/.test(runId))
    return fail('run-id-malformed', 'a run id is 8 to 40 of 0-9, a-z and -');
  const { cards } = desk;
  const now = cards.clock.now();
  const today = dateInTokyo(now);
  const opening = { runId, endsFrom: today, endsTo: lastEndInWindow(today), openedAt: new Date(now) };
  const run = await atCentre(cards, (tx) => openRun(tx, opening));
  if (!run.finishedAt) {
    if (!run.claimedAt) await claimAll(desk, access, run, options);
    for (const bundle of await atCentre(cards, (tx) => findBundles(tx, runId, 'claimed'))) {
      await writeBundle(desk, access, run, bundle);
      progress?.(`${bundle.municipality}: bundle ${bundle.bundle}`);
    }
    await atCentre(
      cards,
      (tx) => tx`
      UPDATE cards.expiry_run SET finished_at = ${new Date(cards.clock.now())}
      WHERE run_id = ${runId} AND finished_at IS NULL`,
    );
  }
  const report = await atCentre(cards, (tx) => readRunReport(tx, runId));
  if (!report) throw new Error('a run is gone');
  return ok(report);
}

/** How the letters of a run stand; undefined where there is no such run. */
export const expiryRunStanding = (
  cards: Pick<CardsContext, 'sql'>,
  runId: string,
): Promise<ExpiryRunReport | undefined> => atCentre(cards, (tx) => readRunReport(tx, runId));

const atCentre = <T>({ sql }: Pick<CardsContext, 'sql'>, work: (tx: Tx) => Promise<T>): Promise<T> =>
  inTransaction(sql, { site: NATIONAL_SITE }, work);

/** Looks at everybody, a page at a time. */
async function claimAll(
  desk: ExpiryDesk,
  access: Access,
  run: ExpiryRun,
  { progress, page_holders = PAGE_HOLDERS, bundle_notices = BUNDLE_NOTICES }: ExpiryRunOptions,
): Promise<void> {
  const { cards } = desk;
  let after = run.claimedTo;
  for (let looked = 0; ; ) {
    // the run's first day may have passed: what has ended by now is not told of
    const today = dateInTokyo(cards.clock.now());
    const endsFrom = run.endsFrom < today ? today : run.endsFrom;
    const span = { endsFrom, endsTo: run.endsTo };
    const holders = await desk.findExpiring(access, { ...span, after, holders_max: page_holders });
    const codes = new Set(holders.map(({ residentCode }) => residentCode));
    const isLast = codes.size < page_holders;
    const upTo = isLast ? '' : ([...codes].at(-1) ?? '');
    const ending = new Map<string, EndingCard>(
      holders.map(({ residentCode, cardId, ends }) => [
        cardId,
        {
          residentCode,
          cardId,
          authenticationEndsOn: ends.authentication ?? null,
          signatureEndsOn: ends.signature ?? null,
          cardEndsOn: null,
        },
      ]),
    );
    const page = { span, after, upTo, ending };
    await claimPage(desk, access, run, page);
    looked += codes.size;
    progress?.(`${looked} holders looked at`);
    if (isLast) break;
    after = upTo;
  }
  const at = new Date(cards.clock.now());
  await atCentre(cards, (tx) => storeClaimed(tx, run.runId, bundle_notices, at));
}

interface Page {
  readonly span: Pick<ExpiryRun, 'endsFrom' | 'endsTo'>;
  readonly after: string;
  /** '' of the last page. */
  readonly upTo: string;
  readonly ending: Map<string, EndingCard>;
}

/** Enters those of a page who were not told yet and live somewhere; each of them has an entry. */
async function claimPage(desk: ExpiryDesk, access: Access, run: ExpiryRun, page: Page): Promise<void> {
  const { cards } = desk;
  const { span, after, upTo, ending } = page;
  const ends = await atCentre(cards, (tx) => findEndingCards(tx, span, after, upTo));
  for (const { residentCode, cardId, endsOn } of ends) {
    const certificates = ending.get(cardId) ?? { authenticationEndsOn: null, signatureEndsOn: null };
    ending.set(cardId, { residentCode, cardId, ...certificates, cardEndsOn: endsOn });
  }
  const all = [...ending.values()];
  const addressees = await desk.findAddressees(
    access,
    all.map(({ residentCode }) => residentCode),
  );
  const now = cards.clock.now();
  await atCentre(cards, async (tx) => {
    const untold = await enterTold(tx, all);
    const claimed = untold.flatMap((card) => {
      const addressee = addressees.get(card.residentCode);
      return addressee?.status === 'resident' ? [{ ...card, municipality: addressee.municipality }] : [];
    });
    await insertNotices(tx, run.runId, claimed, dateInTokyo(now));
    await forgetUntold(
      tx,
      untold.map(({ cardId }) => cardId),
    );
    await storeClaimedTo(tx, run.runId, upTo);
    const { correlation, ...common } = access;
    await recordAlike(
      tx,
      { site: NATIONAL_SITE, at: now, ...common, fields: ['expiry-notice', 'card-id', 'card-expiry'] },
      claimed.map(({ residentCode }) => ({
        subject: cards.pseudonyms.of(NATIONAL_SITE, residentCode),
        result: 'claimed',
        correlation,
      })),
    );
  });
}

/** The bundles of a run whose letters are made and not handed over. */
export const bundlesToHandOver = (
  cards: Pick<CardsContext, 'sql'>,
  runId: string,
): Promise<readonly BundleName[]> => atCentre(cards, (tx) => findBundles(tx, runId, 'made'));
