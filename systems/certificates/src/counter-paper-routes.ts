/**
 * Papers that a municipality's counter prints for the registry's acts: the wide-area copy (広域交付, 住民基本台帳法 art. 12-4) and
 * the move-out certificate (転出証明書, 施行令 art. 24). Each is printed in memory for one request and proved before it leaves;
 * nothing of it is kept. Mount at municipal sites, with `counterPaperStatuses`. Flow: docs/flows/wide-area-copy.md.
 */
import { dateInTokyo } from '@ishizue/clock';
import {
  answer,
  bytes,
  type Call,
  contentDigest,
  type OperatorActor,
  operatorWith,
  route,
} from '@ishizue/http';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type Access,
  COPY_STATES,
  cardBody,
  cardChallengeRoute,
  cardFrom,
  copyRequestState,
  copyWish,
  issueMoveOutCertificate,
  type MoveOutCertificate,
  type MovesContext,
  moveId,
  moveStatuses,
  REGISTRAR,
  requestCopy,
  type TakenCopy,
  takeCopy,
} from '@ishizue/registry';
import { z } from 'zod';
import { newCertificateId } from './certificate-id.ts';
import type { CertificatesContext } from './certificates-context.ts';
import { issuerOf } from './municipal/make-paper.ts';
import { layOutMoveOutCertificate, moveOutPaperOf } from './paper/lay-out-move-out-certificate.ts';
import { type PrintedPaper, type PrintFailure, printCopy, printPaper } from './paper/print-copy.ts';
import { copyOfWideArea } from './paper/wide-area-copy.ts';

/** The statuses of the failures of these routes. */
export const counterPaperStatuses = {
  ...moveStatuses,
  'own-municipality': 422,
  'copy-not-ready': 409,
  'copy-refused': 409,
  'copy-stopped': 409,
  'copy-over': 410,
  'certificate-not-for-special': 409,
  'paper-not-printable': 422,
} as const;

type PaperFailure = keyof typeof counterPaperStatuses;

/** What printing needs besides the registry. */
export type PaperContext = Pick<CertificatesContext, 'clock' | 'municipalities' | 'press' | 'mayorOf'>;

const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
const idParams = z.object({ id: z.string().regex(/^[a-z2-7]{26}$/) });
const pdf = bytes('application/pdf', 'The paper');

/** The routes of one municipality's counter. */
export function counterPaperRoutes(context: PaperContext, moves: MovesContext, municipality: string) {
  return [
    ...wideAreaRoutes(context, moves, municipality),
    moveOutCertificateRoute(context, moves, municipality),
  ] as const;
}

function wideAreaRoutes(context: PaperContext, moves: MovesContext, municipality: string) {
  const challenge = cardChallengeRoute(moves, municipality, 'wide-area-copy', '/wide-area-copies/challenges');
  const ask = route({
    method: 'POST',
    path: '/wide-area-copies',
    summary: 'Ask another municipality for the content of a copy of its resident’s record',
    tags: ['certificates'],
    access: operatorWith(REGISTRAR),
    bodyBytesMax: 16_384,
    body: z.strictObject({
      residence: z.string().regex(/^\d{6}$/),
      wish: copyWish,
      card: cardBody,
      terminal,
    }),
    responses: { 202: z.object({ requestId: z.string(), expiresAt: z.iso.datetime() }) },
    handler: async ({ body, ...call }) => {
      const { residence, wish, card } = body;
      const order = { residence, wish, card: cardFrom(card) };
      const access = accessOf(call, body.terminal, '住民基本台帳法 第12条の4', 'wide-area-copy');
      const asked = await requestCopy(moves, municipality, access, order);
      return asked.ok ? ok({ ...asked.value, expiresAt: asked.value.expiresAt.toISOString() }) : asked;
    },
  });
  const state = route({
    method: 'GET',
    path: '/wide-area-copies/:id',
    summary: 'What has become of such a request',
    tags: ['certificates'],
    access: operatorWith(REGISTRAR),
    params: idParams,
    responses: { 200: z.object({ state: z.enum(COPY_STATES), code: z.string().nullable() }) },
    handler: ({ params }) => copyRequestState(moves, municipality, params.id),
  });
  const print = route({
    method: 'POST',
    path: '/wide-area-copies/:id/document',
    summary: 'Print the copy, once',
    tags: ['certificates'],
    access: operatorWith(REGISTRAR),
    params: idParams,
    body: z.strictObject({ terminal }),
    responses: { 200: pdf },
    handler: async ({ params, body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第12条の4', 'wide-area-copy');
      const taken: Result<TakenCopy, PaperFailure> = await takeCopy(moves, municipality, access, params.id);
      if (!taken.ok) return taken;
      const residence = context.municipalities.fullName(taken.value.residence);
      const copy = copyOfWideArea({ ...sourceOf(context, municipality), residence }, taken.value);
      return handOut(await printCopy(context.press, copy, context.clock.now()));
    },
  });
  return [challenge, ask, state, print] as const;
}

function moveOutCertificateRoute(context: PaperContext, moves: MovesContext, municipality: string) {
  return route({
    method: 'POST',
    path: '/moves/out/certificates',
    summary: 'Print the move-out certificate of a declared move',
    tags: ['certificates'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({ moveId, terminal }),
    responses: { 200: pdf },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法施行令 第24条', 'resident-registration');
      const issued: Result<MoveOutCertificate, PaperFailure> = await issueMoveOutCertificate(
        moves,
        municipality,
        access,
        body.moveId,
      );
      if (!issued.ok) return issued;
      const [first, ...others] = moves.registry.numbers.openIn(issued.value.movers);
      if (!first) throw new Error('a certificate of nobody');
      const source = { ...sourceOf(context, municipality), issue: issued.value.issue };
      const paper = moveOutPaperOf(source, [first, ...others]);
      const now = context.clock.now();
      return handOut(
        await printPaper(context.press, paper, (substitutes) =>
          layOutMoveOutCertificate(context.press, paper, substitutes, now),
        ),
      );
    },
  });
}

function sourceOf(context: PaperContext, municipality: string) {
  return {
    certificateId: newCertificateId(),
    issuedOn: dateInTokyo(context.clock.now()),
    issuer: issuerOf(context, municipality),
  };
}

function handOut(printed: Result<PrintedPaper, PrintFailure>) {
  if (!printed.ok) return fail('paper-not-printable', `${printed.failure.code}: ${printed.failure.detail}`);
  const { bytes: document, certificateId } = printed.value;
  return answer(200, document, {
    'content-digest': contentDigest(document),
    'certificate-id': certificateId,
  });
}

function accessOf(
  call: Pick<Call<unknown, unknown, unknown, OperatorActor>, 'actor' | 'correlation'>,
  terminalOfCall: string,
  article: string,
  affair: string,
): Access {
  const { actor, correlation } = call;
  return {
    actorKind: 'operator',
    actor: actor.operator,
    terminal: terminalOfCall,
    article,
    affair,
    correlation,
  };
}
