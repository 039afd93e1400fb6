/**
 * A batch of notices that cards wait (交付通知書): of one municipality, up to a hundred cards that are set up and were not told of.
 * Claimed, then printed, then booked, each in a transaction of its own, so that a batch that was killed goes on under the
 * same id and tells nobody twice. Flow: docs/flows/card-making.md step 9.
 */
import { dateInTokyo, type IsoDate, startOfDateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { missingClusters, renderDocument, type Typeface } from '@ishizue/pdf';
import { type Access, type Addressee, NATIONAL_SITE } from '@ishizue/registry';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import type { ExpiryFiles } from '../expiry-notices/expiry-desk.ts';
import { inOnePiece, lineOf, renderSound } from '../expiry-notices/letter-file.ts';
import { noticeNumberOf } from '../expiry-notices/notice-number.ts';
import { type DeliveryPage, deliveryPaper } from './delivery-paper.ts';
import { keptUntil } from './keep-rule.ts';

/** Letters of a batch, and of a file. */
const BATCH_LETTERS = 100;

export interface DeliveryDesk {
  readonly cards: CardsContext;
  readonly typeface: Typeface;
  readonly files: ExpiryFiles;
  readonly findAddressees: (
    access: Access,
    residentCodes: readonly string[],
  ) => Promise<ReadonlyMap<string, Addressee>>;
  /** How many days a municipality keeps cards, where it has decided; undefined for the rule's. */
  readonly keepDaysOf?: (municipality: string) => number | undefined;
}

export type DeliveryRunFailure = 'run-id-malformed' | 'run-of-another-municipality';

export interface DeliveryRunReport {
  readonly runId: string;
  /** How many letters are in each state. */
  readonly states: Readonly<Record<string, number>>;
}

interface Claimed {
  readonly noticeId: number;
  readonly residentCode: string;
  readonly applicationId: string;
  readonly keepUntil: IsoDate;
  readonly isSignatureLeftOut: boolean;
  readonly stateOn: IsoDate;
}

interface Letter {
  readonly noticeId: number;
  readonly page: DeliveryPage;
}

interface Outcome {
  readonly noticeId: number;
  readonly trouble: string | null;
  readonly isAtCounter: boolean;
}

/** @param order.runId of the caller's: `[0-9a-z-]{8,40}`; the same goes on, or is told again */
export async function writeDeliveryNotices(
  desk: DeliveryDesk,
  access: Access,
  { runId, municipality }: { readonly runId: string; readonly municipality: string },
): Promise<Result<DeliveryRunReport, DeliveryRunFailure>> {
  if (!/^[0-9a-z-]{8,40}$/.test(runId))
    return fail('run-id-malformed', 'a run id is 8 to 40 of 0-9, a-z and -');
  const { cards } = desk;
  const atCentre = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    inTransaction(cards.sql, { site: NATIONAL_SITE }, work);
  const isOurs = await atCentre((tx) => claim(tx, desk, access, runId, municipality));
  if (!isOurs) return fail('run-of-another-municipality', 'the run was of another municipality');
  const claimed = await atCentre((tx) => readClaimed(tx, runId));
  const outcomes =
    claimed.length === 0 ? [] : await writeFiles(desk, access, { runId, municipality, claimed });
  return atCentre(async (tx) => {
    const codes = new Map(claimed.map(({ noticeId, residentCode }) => [noticeId, residentCode]));
    const stored = await storeOutcomes(tx, outcomes, dateInTokyo(cards.clock.now()));
    const touched = outcomes
      .filter(({ noticeId }) => stored.has(noticeId))
      .map(({ noticeId, trouble }) => ({
        residentCode: codes.get(noticeId) ?? '',
        result: trouble ?? 'made',
      }));
    await recordCardEntries(tx, cards, access, ['delivery-notice', 'name', 'address'], touched);
    const rows = await tx<{ state: string; n: number }[]>`
      SELECT state, count(*)::int AS n FROM cards.delivery_notice WHERE run_id = ${runId} GROUP BY state`;
    return ok({ runId, states: Object.fromEntries(rows.map(({ state, n }) => [state, n])) });
  });
}

/** Enters the letters of a run that is new; false where it is another municipality's. */
async function claim(
  tx: Tx,
  { cards, keepDaysOf }: DeliveryDesk,
  access: Access,
  runId: string,
  municipality: string,
): Promise<boolean> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`delivery notices ${runId}`}, 0))`;
  const [earlier] = await tx<{ municipality: string }[]>`
    SELECT municipality FROM cards.delivery_notice WHERE run_id = ${runId} LIMIT 1`;
  if (earlier) return earlier.municipality === municipality;
  const on = dateInTokyo(cards.clock.now());
  const rows = await tx<{ residentCode: string }[]>`
    INSERT INTO cards.delivery_notice (run_id, card_id, resident_code, municipality, keep_until, state, state_on)
    SELECT ${runId}, due.card_id, due.resident_code, ${municipality}, ${keptUntil(on, keepDaysOf?.(municipality))},
      'claimed', ${on}
    FROM (SELECT c.card_id, c.resident_code FROM cards.making_order o JOIN cards.application a USING (application_id)
        JOIN cards.card c ON c.application_id = a.application_id AND c.state = 'made'
      WHERE o.municipality = ${municipality} AND o.delivery = 'counter' AND a.state = 'set-up'
        AND NOT EXISTS (SELECT FROM cards.delivery_notice n WHERE n.card_id = c.card_id AND n.state <> 'left')
      ORDER BY o.due_on, o.application_id LIMIT ${BATCH_LETTERS} FOR UPDATE OF a SKIP LOCKED) AS due
    RETURNING resident_code AS "residentCode"`;
  const touched = rows.map(({ residentCode }) => ({ residentCode, result: 'claimed' }));
  await recordCardEntries(tx, cards, access, ['delivery-notice', 'card-id'], touched);
  return true;
}

function readClaimed(tx: Tx, runId: string): Promise<readonly Claimed[]> {
  return tx<Claimed[]>`
    SELECT n.notice_id AS "noticeId", n.resident_code AS "residentCode", c.application_id AS "applicationId",
      n.keep_until AS "keepUntil", o.left_out IS NOT NULL AS "isSignatureLeftOut", n.state_on AS "stateOn"
    FROM cards.delivery_notice n JOIN cards.card c USING (card_id) JOIN cards.making_order o USING (application_id)
    WHERE n.run_id = ${runId} AND n.state = 'claimed' ORDER BY n.notice_id`;
}

/** Names and addresses are those of this moment; they are in the files only. */
async function writeFiles(
  desk: DeliveryDesk,
  access: Access,
  run: { readonly runId: string; readonly municipality: string; readonly claimed: readonly Claimed[] },
): Promise<readonly Outcome[]> {
  const { claimed, runId, municipality } = run;
  const addressees = await desk.findAddressees(
    access,
    claimed.map(({ residentCode }) => residentCode),
  );
  const outcomes: Outcome[] = [];
  const letters: Letter[] = [];
  for (const one of claimed) {
    const addressee = addressees.get(one.residentCode);
    const trouble = troubleOf(desk, municipality, addressee);
    if (!addressee || trouble !== null)
      outcomes.push({ noticeId: one.noticeId, trouble: trouble ?? 'person-unknown', isAtCounter: false });
    else letters.push({ noticeId: one.noticeId, page: pageOf(desk, municipality, one, addressee) });
  }
  const at = startOfDateInTokyo(claimed[0]?.stateOn ?? '');
  const prefix = `${runId}-${municipality}`;
  for (const isAtCounter of [false, true]) {
    const name = isAtCounter ? `${prefix}-counter` : prefix;
    const wanted = letters.filter(({ page }) => (page.address === null) === isAtCounter);
    const { document, printed, failed } = await renderSound(wanted, (some) =>
      renderDocument(
        desk.typeface,
        deliveryPaper(
          name,
          some.map(({ page }) => page),
          at,
        ),
      ),
    );
    if (document) await desk.files.write(`${name}.pdf`, inOnePiece(document.bytes));
    if (!isAtCounter) await desk.files.write(`${prefix}-addresses.csv`, inOnePiece(addressFile(printed)));
    outcomes.push(
      ...failed.map(({ letter, code }) => ({ noticeId: letter.noticeId, trouble: code, isAtCounter: false })),
      ...printed.map(({ noticeId }) => ({ noticeId, trouble: null, isAtCounter })),
    );
  }
  return outcomes;
}

const addressFile = (printed: readonly Letter[]): Buffer =>
  Buffer.from(
    [
      lineOf(['notice', 'page', 'name', 'address']),
      ...printed.map(({ page }, index) => lineOf([page.number, index + 1, page.name, page.address ?? ''])),
    ].join(''),
  );

function pageOf(
  { cards }: DeliveryDesk,
  municipality: string,
  one: Claimed,
  addressee: Addressee,
): DeliveryPage {
  const { applicationId, keepUntil, isSignatureLeftOut, noticeId } = one;
  const { name, address, isSupported } = addressee;
  return {
    number: noticeNumberOf(noticeId, 'K'),
    applicationId,
    name,
    address: isSupported ? null : address,
    keepUntil,
    municipality: cards.registry.municipalities.fullName(municipality),
    isSignatureLeftOut,
  };
}

function troubleOf(
  { typeface }: DeliveryDesk,
  municipality: string,
  addressee: Addressee | undefined,
): string | null {
  if (!addressee) return 'person-unknown';
  if (addressee.status !== 'resident') return 'person-not-resident';
  if (addressee.municipality !== municipality) return 'moved-meanwhile';
  const missing = missingClusters(typeface, addressee.name + addressee.address);
  return missing.length > 0 ? 'character-not-printable' : null;
}

/** Answers the letters that were booked now: another process may have written the same batch. */
async function storeOutcomes(
  tx: Tx,
  outcomes: readonly Outcome[],
  on: IsoDate,
): Promise<ReadonlySet<number>> {
  const rows = await tx<{ noticeId: number }[]>`
    UPDATE cards.delivery_notice AS n SET state = CASE WHEN o.trouble IS NULL THEN 'made' ELSE 'left' END,
      is_at_counter = o."isAtCounter", trouble = o.trouble, state_on = ${on}
    FROM jsonb_to_recordset(${tx.json(outcomes.map((one) => ({ ...one })))}) AS o("noticeId" int, "isAtCounter" boolean,
      trouble text)
    WHERE n.notice_id = o."noticeId" AND n.state = 'claimed' RETURNING n.notice_id AS "noticeId"`;
  return new Set(rows.map(({ noticeId }) => noticeId));
}
