/**
 * What municipalities say to each other goes through the national site, which has links to all of them: between two
 * municipalities there is none (n² of them). Every such message names sender, receiver and the correlation made at the edge;
 * the national site passes on what fits its form, writes its ledger entry, and keeps nothing. Flow: docs/flows/moves.md.
 */
import { recordEntries } from '@ishizue/ledger';
import type { AddressedMessage, Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { z } from 'zod';
import { municipalSite, NATIONAL_SITE } from '../registry-context.ts';
import { municipalityCode, residentCode } from './move-out-information.ts';
import type { MovesContext } from './moves-context.ts';

/** What every relayed message begins with. */
export const relayedFields = {
  from: municipalityCode,
  to: municipalityCode,
  correlation: z
    .string()
    .regex(/^[0-9A-Za-z-]{1,64}$/)
    .refine((id) => !/\d{10}/.test(id)),
  residentCode,
};

interface RelayedBody {
  readonly from: string;
  readonly to: string;
  readonly correlation: string;
  readonly residentCode: string;
}

/** A kind of message that municipalities exchange. */
export interface RelayedKind<Body extends RelayedBody> {
  readonly topic: string;
  readonly form: z.ZodType<Body>;
  /** The article under which it is passed on. */
  readonly article: string;
  readonly affair: string;
  /** What the link keeps in order: the person, or the case. */
  readonly subjectOf: (body: Body) => string;
}

/** The message on its first hop. */
export function toNational<Body extends RelayedBody>(kind: RelayedKind<Body>, body: Body): AddressedMessage {
  return {
    link: `${municipalSite(body.from)}>${NATIONAL_SITE}:registry`,
    subject: kind.subjectOf(body),
    topic: kind.topic,
    body,
  };
}

const INVALID: Failure = { code: 'relayed-invalid', detail: 'the message is not in the agreed form' };
const NOT_SERVED: Failure = { code: 'municipality-not-served', detail: 'no link leads to the municipality' };

/** The handler of a kind: passes it on at the national site, and has it applied at a municipal one. */
export function relayedHandler<Body extends RelayedBody>(
  moves: MovesContext,
  kind: RelayedKind<Body>,
  apply: ApplyRelayed<Body>,
): Handler {
  const relay = relayHandler(moves, kind);
  const arrive = arrivalHandler(kind, apply);
  return (tx, link, messages) => (link.to === NATIONAL_SITE ? relay : arrive)(tx, link, messages);
}

/** Applies messages at the municipality they are for, all of them sound; answers the failure of each that is to be parked. */
export type ApplyRelayed<Body> = (
  tx: Parameters<Handler>[0],
  link: HandlerContext,
  bodies: readonly Body[],
) => Promise<void>;

/** What a municipality answers; one request after the other, for behind each stands a person at a counter. */
export function answerEach<Body>(
  answer: (
    tx: Parameters<Handler>[0],
    municipality: string,
    body: Body,
  ) => Promise<readonly AddressedMessage[]>,
): ApplyRelayed<Body> {
  return async (tx, link, bodies) => {
    const municipality = link.to.slice('municipal/'.length);
    const messages: AddressedMessage[] = [];
    for (const body of bodies) messages.push(...(await answer(tx, municipality, body)));
    link.send(messages);
  };
}

/** The message in its form, or undefined: also where its subject is not its own, for the link orders by that. */
function parse<Body extends RelayedBody>(
  kind: RelayedKind<Body>,
  message: ReceivedMessage,
): Body | undefined {
  const { data } = kind.form.safeParse(message.body);
  return data && data.from !== data.to && kind.subjectOf(data) === message.subject ? data : undefined;
}

function relayHandler<Body extends RelayedBody>(moves: MovesContext, kind: RelayedKind<Body>): Handler {
  return async (tx, link, messages) => {
    const parsed = messages.map((message) => {
      const body = parse(kind, message);
      return body && link.from === municipalSite(body.from) ? body : undefined;
    });
    const failures = parsed.map((body) =>
      !body ? INVALID : moves.participates(body.to) ? undefined : NOT_SERVED,
    );
    const passed = parsed.filter((body, index) => body !== undefined && !failures[index]);
    const { clock, pseudonyms } = moves.registry;
    const at = clock.now();
    await recordEntries(
      tx,
      passed.flatMap((body) =>
        body
          ? {
              site: NATIONAL_SITE,
              at,
              actorKind: 'site' as const,
              actor: link.from,
              terminal: 'link',
              article: kind.article,
              affair: kind.affair,
              subject: pseudonyms.of(NATIONAL_SITE, body.residentCode),
              fields: [kind.topic],
              result: 'ok',
              correlation: body.correlation,
            }
          : [],
      ),
    );
    link.send(
      passed.flatMap((body) =>
        body
          ? {
              link: `${NATIONAL_SITE}>${municipalSite(body.to)}:registry`,
              subject: kind.subjectOf(body),
              topic: kind.topic,
              body,
            }
          : [],
      ),
    );
    return failures;
  };
}

function arrivalHandler<Body extends RelayedBody>(
  kind: RelayedKind<Body>,
  apply: ApplyRelayed<Body>,
): Handler {
  return async (tx, link, messages) => {
    const parsed = messages.map((message) => {
      const body = parse(kind, message);
      return body && link.from === NATIONAL_SITE && link.to === municipalSite(body.to) ? body : undefined;
    });
    const failures = parsed.map((body) => (body ? undefined : INVALID));
    const bodies = parsed.flatMap((body) => (body ? [body] : []));
    // before anything is read or written: the batch is applied again without the wrong ones
    if (bodies.length === messages.length) await apply(tx, link, bodies);
    return failures;
  };
}
