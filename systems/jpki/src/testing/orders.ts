/** Orders for certificates, and what became of them, for the tests of issuing. */
import assert from 'node:assert/strict';
import type { Result } from '@ishizue/outcome';
import type { IssueOrder } from '../issue/issue-order.ts';
import type { IssueFailure } from '../issue-certificate.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { makeCardKey, requestOf, type TestJpki } from './index.ts';

export const key = makeCardKey();

export const orderFor = (residentCode: string, changes: Partial<IssueOrder> = {}): IssueOrder => ({
  kind: 'authentication',
  requestId: 'request',
  residentCode,
  cardId: 'card-a',
  cardExpiresOn: '2036-02-17',
  certificationRequest: requestOf(key),
  ...changes,
});

export const codeOf = (result: Result<unknown, IssueFailure>): IssueFailure | 'ok' =>
  result.ok ? 'ok' : result.failure.code;

export async function oneResident(
  jpki: TestJpki,
  row: Readonly<Record<string, string>> = {},
): Promise<string> {
  const [code] = await jpki.enrol([row]);
  assert.ok(code !== undefined);
  return code;
}

interface Row {
  readonly kind: string;
  readonly serial: number;
  readonly is_signed: boolean;
  readonly reason: string | null;
}

export const rowsOf = async (context: JpkiContext): Promise<Row[]> => {
  const rows = await context.sql<Row[]>`
    SELECT kind, serial, signature IS NOT NULL AS is_signed, reason FROM jpki.certificate ORDER BY issued_at, ctid`;
  return rows.map((row) => ({ ...row }));
};
