/**
 * The upper end of a comparison answers: at the first question it reads its persons of the municipality once and keeps
 * their tree; later ones are answered from that and from small ranges of codes. Only the site that sends the
 * municipality's notices may ask. Each person whose digest leaves is a ledger entry.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext } from '@ishizue/link';
import type { RegistryContext } from '../registry-context.ts';
import { findTier, openHolding, readNodes, readPersons, storeTree } from './holding.ts';
import { type AnswerBody, type QuestionBody, questionBody, RECONCILE_ANSWER } from './messages.ts';
import { parseMessages } from './parsed-messages.ts';
import { DIGEST_FIELDS, entryOf } from './reconcile-entry.ts';

/** The subject of a run's questions and answers: they keep their own order and hold up nobody's notices. */
export const runSubject = (runId: string): string => `comparison ${runId}`;

/** The handler of `reconcile-question`. */
export function answerQuestions(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const tier = findTier(context, link.to);
    const { bodies, failures } = parseMessages(
      messages,
      questionBody,
      ({ municipality }) => tier?.senderOf(municipality) === link.from,
    );
    for (const question of bodies) await answer(tx, context, link, question);
    return failures;
  };
}

async function answer(
  tx: Tx,
  context: RegistryContext,
  link: HandlerContext,
  question: QuestionBody,
): Promise<void> {
  const { runId, municipality, round, storedLength } = question;
  if (question.isLast) {
    await tx`DELETE FROM registry.reconcile_node WHERE site = ${link.to} AND run_id = ${runId}`;
    return;
  }
  const holding = await openHolding(tx, context, link.to, municipality);
  const tree = { holding, runId, otherSite: link.from, storedLength };
  if (question.root) await storeTree(tx, tree);
  const nodes = await readNodes(tx, tree, question);
  const persons = await readPersons(tx, holding, question.list);
  const whole = { site: link.to, actor: link.from, fields: DIGEST_FIELDS, result: 'ok', correlation: runId };
  await recordEntries(tx, [
    ...(question.root ? [entryOf(context, { ...whole, residentCode: null })] : []),
    ...persons.map(({ residentCode }) => entryOf(context, { ...whole, residentCode })),
  ]);
  const body: AnswerBody = { runId, municipality, round, nodes: [...nodes], persons: [...persons] };
  link.send([
    { link: `${link.to}>${link.from}:registry`, subject: runSubject(runId), topic: RECONCILE_ANSWER, body },
  ]);
}
