/**
 * What a move-out certificate says (転出証明書, 住民基本台帳法施行令 art. 23, 24): the information of all who are still awaited of a
 * declared move. For those with a card there is none, until the special move-in has lost its effect. Each issue is counted.
 */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { findResidents } from '../municipal/resident-store.ts';
import { municipalSite } from '../registry-context.ts';
import { findHeads } from './find-heads.ts';
import { recordTouched } from './move-entries.ts';
import { informationOf, type MoveOutInformation } from './move-out-information.ts';
import type { MovesContext } from './moves-context.ts';
import { isOpenMover } from './planned-mover.ts';
import { moversOfMoveForUpdate } from './planned-mover-store.ts';

export type CertificateFailure = 'move-not-planned' | 'certificate-not-for-special';

export interface MoveOutCertificate {
  readonly movers: readonly MoveOutInformation[];
  /** 1 for the first paper; more: issued again. */
  readonly issue: number;
}

/** The content of a certificate; the read is on the ledger for each person on it. */
export async function issueMoveOutCertificate(
  moves: MovesContext,
  municipality: string,
  access: Access,
  moveId: string,
): Promise<Result<MoveOutCertificate, CertificateFailure>> {
  const { registry } = moves;
  return inTransaction(registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const movers = await moversOfMoveForUpdate(tx, municipality, moveId);
    const awaited = movers.filter(({ state }) => isOpenMover(state));
    const isSpecial = awaited.some(({ kind, state }) => kind === 'special' && state === 'planned');
    const refusal =
      awaited.length === 0
        ? fail('move-not-planned', 'nobody of such a move is awaited any more')
        : isSpecial
          ? fail('certificate-not-for-special', 'the information goes to the destination by itself')
          : undefined;
    const codes = awaited.map(({ residentCode }) => residentCode);
    const touched = codes.map((residentCode) => ({
      residentCode,
      fields: ['move-out-certificate'],
      result: refusal?.failure.code ?? 'ok',
    }));
    await recordTouched(tx, registry, municipality, access, touched);
    if (refusal) return refusal;
    const records = await findResidents(tx, municipality, codes);
    const heads = await findHeads(tx, municipality, records);
    const byCode = new Map(records.map((record) => [record.residentCode, record]));
    const [counted] = await tx<{ issue: number }[]>`
      UPDATE registry.municipal_planned_move SET certificates = certificates + 1
      WHERE municipality_code = ${municipality} AND move_id = ${moveId} RETURNING certificates AS issue`;
    return ok({
      issue: counted?.issue ?? 1,
      movers: awaited.map((mover) => {
        const record = byCode.get(mover.residentCode);
        if (!record) throw new Error('a planned mover has no record');
        return informationOf(registry, record, heads.get(record.householdNumber) ?? null, mover, mover);
      }),
    });
  });
}
