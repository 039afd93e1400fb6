/**
 * The lower end of a comparison: begins it, takes answers, asks on. All that it knows is in rows, and every step is one
 * transaction with the next question in it: killed anywhere, the links go on where they were. Flow:
 * docs/flows/reconciliation.md.
 */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { type AddressedMessage, type Handler, type HandlerContext, sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import type { RegistryContext } from '../registry-context.ts';
import { runSubject } from './answer-question.ts';
import { prepareChecks } from './check-persons.ts';
import { type DifferencePlace, finishRuns, storeSuspects } from './differences.ts';
import {
  compareNodes,
  comparePersons,
  FIRST_QUESTION,
  type Frontier,
  LISTED_NODES_MAX,
  nextQuestion,
  onlyAsked,
  type Question,
  SPLIT_NODES_MAX,
} from './digest-tree.ts';
import {
  findSiteAbove,
  openHolding,
  readNodes,
  readPersons,
  type StoredTree,
  storedLengthFor,
  storeTree,
} from './holding.ts';
import { type AnswerBody, answerBody, type QuestionBody, RECONCILE_QUESTION } from './messages.ts';
import { parseMessages } from './parsed-messages.ts';
import { DIGEST_FIELDS } from './reconcile-entry.ts';

export type ComparisonFailure = 'site-not-of-municipality' | 'comparison-running';

/** Which comparison to begin: of what `site` holds of the municipality with the site above. */
export interface ComparisonOrder extends DifferencePlace {
  /** Gives up a run that is still under way. */
  readonly isRestart?: boolean;
}

interface Run extends DifferencePlace {
  readonly runId: string;
  readonly upperSite: string;
  readonly phase: 'comparing' | 'checking' | 'done' | 'replaced';
  readonly storedLength: number;
  readonly round: number;
  readonly question: Question | null;
  readonly persons: number | null;
}

/**
 * Begins to compare what a site holds of a municipality with the site above: a municipal site with its prefecture, a
 * prefectural site with the national one. Answers the run's id; `comparisonState` tells how far it is.
 */
export async function startComparison(
  context: RegistryContext,
  access: Access,
  order: ComparisonOrder,
): Promise<Result<string, ComparisonFailure>> {
  const { site, municipality } = order;
  const upperSite = findSiteAbove(context, site, municipality);
  if (upperSite === undefined)
    return fail(
      'site-not-of-municipality',
      'the site sends no notices of such a municipality to a tier above',
    );
  const runId = randomUUID();
  const begun = await inTransaction(context.sql, { site }, (tx) =>
    begin(tx, context, access, { ...order, upperSite, runId }),
  );
  if (!begun.ok) return begun;
  context.wake();
  // after the question has left: both ends read at the same time
  await inTransaction(context.sql, { site }, async (tx) => {
    const run = await lockRun(tx, site, runId);
    if (run?.phase === 'comparing') await ownTree(tx, context, run);
  });
  return ok(runId);
}

async function begin(
  tx: Tx,
  context: RegistryContext,
  access: Access,
  { site, municipality, upperSite, runId, isRestart }: ComparisonOrder & Pick<Run, 'upperSite' | 'runId'>,
): Promise<Result<undefined, 'comparison-running'>> {
  const now = new Date(context.clock.now());
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`reconcile ${site} ${municipality}`}, 0))`;
  if (isRestart === true) {
    await tx`
      UPDATE registry.reconcile_run SET phase = 'replaced', finished_at = ${now}
      WHERE site = ${site} AND municipality_code = ${municipality} AND phase IN ('comparing', 'checking')`;
  }
  const [running] = await tx`
    SELECT FROM registry.reconcile_run
    WHERE site = ${site} AND municipality_code = ${municipality} AND phase IN ('comparing', 'checking')`;
  const result = running ? 'comparison-running' : 'ok';
  await recordEntries(tx, [
    { site, at: context.clock.now(), ...access, subject: null, fields: DIGEST_FIELDS, result },
  ]);
  if (running) return fail('comparison-running', 'a comparison of this municipality is under way');
  const holding = await openHolding(tx, context, site, municipality);
  const storedLength = await storedLengthFor(tx, holding);
  await tx`
    DELETE FROM registry.reconcile_frontier f USING registry.reconcile_run r
    WHERE f.site = ${site} AND r.site = f.site AND r.run_id = f.run_id AND r.phase = 'replaced'`;
  await tx`
    INSERT INTO registry.reconcile_run
      (site, run_id, municipality_code, upper_site, phase, stored_length, round, question, started_at)
    VALUES (${site}, ${runId}, ${municipality}, ${upperSite}, 'comparing', ${storedLength}, 1,
      ${tx.json({ ...FIRST_QUESTION })}, ${now})`;
  const run = { site, municipality, runId, upperSite, storedLength };
  await sendAll(tx, [questionOf(run, 1, FIRST_QUESTION, false)]);
  return ok(undefined);
}

function questionOf(
  run: Pick<Run, 'site' | 'municipality' | 'runId' | 'upperSite' | 'storedLength'>,
  round: number,
  { root, split, list }: Question,
  isLast: boolean,
): AddressedMessage {
  const { runId, municipality, storedLength } = run;
  const body: QuestionBody = {
    runId,
    municipality,
    round,
    storedLength,
    root,
    split: [...split],
    list: [...list],
    isLast,
  };
  const link = `${run.site}>${run.upperSite}:registry`;
  return { link, subject: runSubject(runId), topic: RECONCILE_QUESTION, body };
}

async function lockRun(tx: Tx, site: string, runId: string): Promise<Run | undefined> {
  const [run] = await tx<Run[]>`
    SELECT site, run_id AS "runId", municipality_code AS municipality, upper_site AS "upperSite", phase,
      stored_length AS "storedLength", round, question, persons
    FROM registry.reconcile_run WHERE site = ${site} AND run_id = ${runId} FOR UPDATE`;
  return run;
}

/** The run's tree at this end, made when first needed. */
async function ownTree(tx: Tx, context: RegistryContext, run: Run): Promise<StoredTree> {
  const { site, municipality, runId, upperSite, storedLength } = run;
  const holding = await openHolding(tx, context, site, municipality);
  const tree = { holding, runId, otherSite: upperSite, storedLength };
  if (run.persons === null) {
    const persons = await storeTree(tx, tree);
    await tx`UPDATE registry.reconcile_run SET persons = ${persons} WHERE site = ${site} AND run_id = ${runId}`;
  }
  return tree;
}

/** The handler of `reconcile-answer` at the lower end. */
export function takeAnswers(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const { bodies, failures } = parseMessages(
      messages,
      answerBody,
      ({ municipality }) => findSiteAbove(context, link.to, municipality) === link.from,
    );
    for (const answer of bodies) {
      const run = await lockRun(tx, link.to, answer.runId);
      // an answer to a run that was given up, or one that was taken already, says nothing
      const isAwaited = run?.phase === 'comparing' && run.round === answer.round;
      if (isAwaited && run.municipality === answer.municipality)
        await takeAnswer(tx, context, link, run, answer);
    }
    return failures;
  };
}

async function takeAnswer(
  tx: Tx,
  context: RegistryContext,
  link: HandlerContext,
  run: Run,
  answer: AnswerBody,
): Promise<void> {
  if (!run.question) throw new Error('a run that compares has no question on its way');
  const tree = await ownTree(tx, context, run);
  const theirs = onlyAsked(run.question, answer);
  const found = compareNodes(await readNodes(tx, tree, run.question), theirs.nodes);
  const own = await readPersons(tx, tree.holding, run.question.list);
  const residentCodes = comparePersons(own, theirs.persons);
  await moveFrontier(tx, run, run.question, found);
  const question = nextQuestion(await readFrontier(tx, run));
  const now = new Date(context.clock.now());
  await storeSuspects(tx, run, residentCodes, now);
  await tx`
    UPDATE registry.reconcile_run SET round = round + 1, question = ${question ? tx.json({ ...question }) : null},
      phase = ${question ? 'comparing' : 'checking'}, suspects = suspects + ${residentCodes.length},
      digests_moved = digests_moved + ${answer.nodes.length + answer.persons.length}
    WHERE site = ${run.site} AND run_id = ${run.runId}`;
  if (!question) await endWalk(tx, run, now);
  const { runId, upperSite } = run;
  const next = questionOf(run, run.round + 1, question ?? NOTHING, question === undefined);
  const checks = await prepareChecks(tx, context, { runId, holding: tree.holding, upperSite, residentCodes });
  link.send([next, ...checks]);
}

const NOTHING: Question = { root: false, split: [], list: [] };

async function endWalk(tx: Tx, { site, runId }: Run, now: Date): Promise<void> {
  await tx`DELETE FROM registry.reconcile_node WHERE site = ${site} AND run_id = ${runId}`;
  await finishRuns(tx, site, [runId], now);
}

/** Takes what was asked out of the frontier, and what was found into it. */
async function moveFrontier(tx: Tx, run: Run, asked: Question, found: Frontier): Promise<void> {
  const rowsOf = ({ split, list }: Frontier) => [
    ...split.map((prefix) => ({ wish: 'split', prefix })),
    ...list.map((prefix) => ({ wish: 'list', prefix })),
  ];
  const given = (rows: readonly { readonly wish: string; readonly prefix: string }[]) =>
    tx`unnest(${rows.map(({ wish }) => wish)}::text[], ${rows.map(({ prefix }) => prefix)}::text[]) AS g(wish, prefix)`;
  await tx`
    DELETE FROM registry.reconcile_frontier f USING ${given(rowsOf(asked))}
    WHERE f.site = ${run.site} AND f.run_id = ${run.runId} AND f.wish = g.wish AND f.prefix = g.prefix`;
  await tx`
    INSERT INTO registry.reconcile_frontier (site, run_id, wish, prefix)
    SELECT ${run.site}::text, ${run.runId}::text, wish, prefix FROM ${given(rowsOf(found))}
    ON CONFLICT DO NOTHING`;
}

/** As much of the frontier as the next question may ask. */
async function readFrontier(tx: Tx, { site, runId }: Run): Promise<Frontier> {
  const first = async (wish: string, limit: number): Promise<readonly string[]> => {
    const rows = await tx<{ prefix: string }[]>`
      SELECT prefix FROM registry.reconcile_frontier
      WHERE site = ${site} AND run_id = ${runId} AND wish = ${wish} ORDER BY prefix LIMIT ${limit}`;
    return rows.map(({ prefix }) => prefix);
  };
  return { split: await first('split', SPLIT_NODES_MAX), list: await first('list', LISTED_NODES_MAX) };
}

/** How far a comparison is. */
export interface ComparisonState {
  readonly runId: string;
  /** `checking`: every differing node is found, and suspects wait for their check. */
  readonly phase: Run['phase'];
  readonly upperSite: string;
  /** Persons at the lower end; null until they are read. */
  readonly persons: number | null;
  readonly questions: number;
  readonly digestsMoved: number;
  /** Persons that were looked at twice. */
  readonly suspects: number;
  /** Suspects whose check has not come back: on its way, or behind a parked notice. */
  readonly awaited: number;
  /** Differences that this run confirmed or met again, closed ones too. */
  readonly differences: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

/** The municipality's runs at a site, the newest first; `runId` asks for one. */
export function comparisonState(
  context: RegistryContext,
  { site, municipality }: DifferencePlace,
  runId?: string,
): Promise<readonly ComparisonState[]> {
  return inTransaction(context.sql, { site }, async (tx) => {
    const rows = await tx<ComparisonState[]>`
      SELECT r.run_id AS "runId", r.phase, r.upper_site AS "upperSite", r.persons, r.round AS questions,
        r.digests_moved AS "digestsMoved", r.suspects, d.awaited, d.differences, r.started_at AS "startedAt",
        r.finished_at AS "finishedAt"
      FROM registry.reconcile_run r CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE is_awaited) AS awaited, count(*) FILTER (WHERE state <> 'suspected') AS differences
        FROM registry.reconcile_difference d WHERE d.site = r.site AND d.run_id = r.run_id) d
      WHERE r.site = ${site} AND r.municipality_code = ${municipality}
        AND (${runId ?? null}::text IS NULL OR r.run_id = ${runId ?? null})
      ORDER BY r.started_at DESC, r.run_id LIMIT 100`;
    return [...rows];
  });
}
