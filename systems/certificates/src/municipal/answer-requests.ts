/**
 * The issuing municipality takes requests from the centre, makes each paper on its own, and stores what it issued
 * together with the answer: a request is acknowledged when both are committed, so that a crash in between makes the
 * paper again and loses none. A paper that cannot be made is answered with a code; it never holds up the next one.
 */
import type { Tx } from '@ishizue/db';
import type { Handler } from '@ishizue/link';
import type { Failure, Result } from '@ishizue/outcome';
import { municipalSite } from '@ishizue/registry';
import type { CertificatesContext } from '../certificates-context.ts';
import {
  type AnswerBody,
  CERTIFICATE_RENDERED,
  outcomeBody,
  type RequestBody,
  requestBody,
  toCentre,
} from '../messages.ts';
import { type MadePaper, makePaper, type PaperRefusal } from './make-paper.ts';

interface Answered {
  readonly order: RequestBody;
  readonly made: Result<MadePaper, PaperRefusal>;
}

/** The handler of `certificate-request` at a municipal site. */
export function answerRequests(context: CertificatesContext): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice(municipalSite('').length);
    const parsed = messages.map((message) => {
      const body = requestBody.safeParse(message.body);
      return body.success && body.data.requestId === message.subject ? body.data : undefined;
    });
    // before anybody's record is read: the batch is applied again without the wrong ones
    if (parsed.includes(undefined)) return parsed.map((order) => (order ? undefined : INVALID));
    const answered: Answered[] = [];
    // one after the other: making a paper is bound by this process's processor, not by waiting
    for (const order of parsed)
      if (order) answered.push({ order, made: await makePaper(tx, context, municipality, order) });
    await storeIssues(tx, context, municipality, answered);
    link.send(
      answered.map((item) => ({
        link: toCentre(municipality),
        subject: item.order.requestId,
        topic: CERTIFICATE_RENDERED,
        body: answerOf(municipality, item),
      })),
    );
    return messages.map(() => undefined);
  };
}

const INVALID: Failure = {
  code: 'certificate-request-invalid',
  detail: 'the request is not in the agreed form',
};

function answerOf(municipality: string, { order, made }: Answered): AnswerBody {
  const { requestId, wish } = order;
  const echo = { requestId, municipality, class: wish.class, extent: wish.extent };
  if (!made.ok) return { ...echo, result: 'refused', code: made.failure.code };
  const { certificateId, issuedOn, pages, sha256, subjectEcho, bytes } = made.value;
  const document = bytes.toString('base64');
  return { ...echo, result: 'rendered', subjectEcho, certificateId, issuedOn, pages, sha256, document };
}

async function storeIssues(
  tx: Tx,
  context: CertificatesContext,
  municipality: string,
  answered: readonly Answered[],
): Promise<void> {
  const site = municipalSite(municipality);
  const rows = answered.map(({ order, made }) => ({
    municipality_code: municipality,
    request_id: order.requestId,
    class: order.wish.class,
    extent: order.wish.extent,
    kiosk: order.kiosk,
    subject: context.pseudonyms.of(site, order.residentCode),
    requested_at: new Date(order.requestedAt),
    answered_at: new Date(context.clock.now()),
    result: made.ok ? 'rendered' : made.failure.code,
    certificate_id: made.ok ? made.value.certificateId : null,
    issued_on: made.ok ? made.value.issuedOn : null,
    pages: made.ok ? made.value.pages : null,
    sha256: made.ok ? made.value.sha256 : null,
    content_sha256: made.ok ? made.value.contentSha256 : null,
  }));
  await tx`INSERT INTO certificates.municipal_issue ${tx(rows)}`;
}

/** The handler of `certificate-outcome`: what became of the municipality's papers. */
export function recordOutcomes(): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice(municipalSite('').length);
    const bodies = messages.map((message) => outcomeBody.safeParse(message.body).data);
    const sound = bodies.filter((body) => body !== undefined);
    await tx`
      UPDATE certificates.municipal_issue i SET outcome = o.outcome, outcome_at = o.at
      FROM unnest(${sound.map((body) => body.requestId)}::text[], ${sound.map((body) => body.outcome)}::text[],
        ${sound.map((body) => body.at)}::timestamptz[]) AS o (request_id, outcome, at)
      WHERE i.municipality_code = ${municipality} AND i.request_id = o.request_id`;
    return bodies.map((body) => (body ? undefined : INVALID_OUTCOME));
  };
}

const INVALID_OUTCOME: Failure = { code: 'certificate-outcome-invalid', detail: 'not in the agreed form' };
