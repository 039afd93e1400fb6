/**
 * What a municipality is told of persons who move in: the information itself, that they do not come after all, and that a
 * request of its own was refused. The information stays until it is used, withdrawn, or its term is over.
 */
import type { Tx } from '@ishizue/db';
import { type Access } from '../access.ts';
import { accessOfMessage, recordTouchedBy } from './move-entries.ts';
import {
  type InformationBody,
  MOVE_OUT_INFORMATION,
  MOVE_OUT_REFUSED,
  MOVE_OUT_WITHDRAWN,
  type RefusedBody,
  type WithdrawnBody,
} from './move-messages.ts';
import type { MovesContext } from './moves-context.ts';
import type { ApplyRelayed } from './relayed.ts';

/** The handler of `move-out-information`. */
export function keepInformation(moves: MovesContext): ApplyRelayed<InformationBody> {
  const { registry } = moves;
  return async (tx, link, bodies) => {
    const municipality = link.to.slice('municipal/'.length);
    const now = new Date(registry.clock.now());
    // said twice in one envelope: the later one stands
    const latest = new Map(
      bodies.map((body) => [`${body.from} ${body.information.moveId} ${body.residentCode}`, body]),
    );
    const rows = [...latest.values()].map(({ from, residentCode, information }) => ({
      from,
      residentCode,
      moveId: information.moveId,
      plannedOn: information.plannedOn,
      information,
    }));
    await tx`
      INSERT INTO registry.municipal_incoming_move AS i (municipality_code, from_municipality, move_id, resident_code,
        planned_on, state, information, changed_at)
      SELECT ${municipality}::text, r."from", r."moveId", r."residentCode", r."plannedOn", 'here', r.information,
        ${now}::timestamptz
      FROM jsonb_to_recordset(${tx.json(rows)}) AS r("from" text, "moveId" text, "residentCode" text, "plannedOn" date,
        information jsonb)
      ON CONFLICT (municipality_code, resident_code, from_municipality, move_id) DO UPDATE
        SET state = 'here', information = excluded.information, changed_at = excluded.changed_at
        WHERE i.state <> 'used'`;
    const answered = bodies.filter(({ isAsked }) => isAsked);
    await closeRequests(
      tx,
      municipality,
      answered.map(({ from, correlation }) => ({ from, requestId: correlation, code: null })),
    );
    await recordMessages(tx, moves, municipality, bodies, MOVE_OUT_INFORMATION, 'received');
  };
}

/** The handler of `move-out-withdrawn`. What was used already stays used: the notice of it is on its way. */
export function dropInformation(moves: MovesContext): ApplyRelayed<WithdrawnBody> {
  return async (tx, link, bodies) => {
    const municipality = link.to.slice('municipal/'.length);
    const column = (textOf: (body: WithdrawnBody) => string): string[] => bodies.map(textOf);
    await tx`
      UPDATE registry.municipal_incoming_move i
      SET state = 'withdrawn', information = NULL, changed_at = ${new Date(moves.registry.clock.now())}
      FROM unnest(${column((body) => body.from)}::text[], ${column((body) => body.moveId)}::text[],
        ${column((body) => body.residentCode)}::text[]) AS w(from_municipality, move_id, resident_code)
      WHERE i.municipality_code = ${municipality} AND i.from_municipality = w.from_municipality
        AND i.move_id = w.move_id AND i.resident_code = w.resident_code AND i.state = 'here'`;
    await recordMessages(tx, moves, municipality, bodies, MOVE_OUT_WITHDRAWN, 'withdrawn');
  };
}

/** The handler of `move-out-refused`. */
export function noteRefusals(moves: MovesContext): ApplyRelayed<RefusedBody> {
  return async (tx, link, bodies) => {
    const municipality = link.to.slice('municipal/'.length);
    await closeRequests(
      tx,
      municipality,
      bodies.map(({ from, correlation, code }) => ({ from, requestId: correlation, code })),
    );
    await recordMessages(tx, moves, municipality, bodies, MOVE_OUT_REFUSED, 'refused');
  };
}

async function closeRequests(
  tx: Tx,
  municipality: string,
  closed: readonly { readonly from: string; readonly requestId: string; readonly code: string | null }[],
): Promise<void> {
  if (closed.length === 0) return;
  await tx`
    UPDATE registry.municipal_information_request r
    SET state = CASE WHEN c.code IS NULL THEN 'answered' ELSE 'refused' END, code = c.code
    FROM unnest(${closed.map(({ from }) => from)}::text[], ${closed.map(({ requestId }) => requestId)}::text[],
      ${closed.map(({ code }) => code)}::text[]) AS c(from_municipality, request_id, code)
    WHERE r.municipality_code = ${municipality} AND r.from_municipality = c.from_municipality
      AND r.request_id = c.request_id AND r.state = 'open'`;
}

function recordMessages(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  bodies: readonly { readonly from: string; readonly correlation: string; readonly residentCode: string }[],
  kind: Pick<Access, 'article' | 'affair'>,
  what: string,
): Promise<void> {
  return recordTouchedBy(
    tx,
    moves.registry,
    municipality,
    bodies.map((body) => ({
      access: accessOfMessage(body, kind),
      residentCode: body.residentCode,
      fields: ['move-out-information', what],
      result: 'ok',
    })),
  );
}
