/**
 * Processes that issue are killed (kill -9) at each step of it, all at once on one database under one signer: nothing that was
 * signed is unaccounted for, no serial number is on two certificates, and the same requests complete what was begun.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { SignerClient, type SignerLints, startSigner } from '@ishizue/signer';
import { parseTbsCertificate } from '@ishizue/x509';
import { issueCertificate } from '../issue-certificate.ts';
import { jpkiLints } from '../lint/jpki-lints.ts';
import { testJpki } from '../testing/index.ts';
import type { IssuingOrder, KilledAt } from '../testing/issuing-process.ts';
import { orderFor } from '../testing/orders.ts';
import type { IssueOrder } from './issue-order.ts';

const STEPS: readonly KilledAt[] = ['storing', 'stored', 'signing', 'signed', 'handing-out', 'handed-out'];
const PERSONS = 4;
const PROGRAM = path.resolve(import.meta.dirname, '../testing/issuing-process.ts');
const ORDER_VARIABLE = 'ISHIZUE_TEST_ISSUING_ORDER';

/** A signer that remembers what passed its lints, and so was signed. */
async function rememberingSigner(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'jpki-killed-'));
  const signed: Buffer[] = [];
  const certificate = Object.fromEntries(
    Object.entries(jpkiLints.certificate).map(([profile, lint]) => [
      profile,
      (tbs: Buffer, spki: Buffer) => {
        const findings = lint(tbs, spki);
        if (findings.length === 0) signed.push(Buffer.from(tbs));
        return findings;
      },
    ]),
  );
  const lints: SignerLints = { ...jpkiLints, certificate };
  const running = mustSucceed(
    await startSigner({
      keyStorePath: path.join(folder, 'keys'),
      statePath: path.join(folder, 'state'),
      socketPath: path.join(folder, 'run', 'sock'),
      passphrase: 'four items and a card',
      lints,
      scryptCost: { log2N: 10, r: 8, p: 1 },
    }),
    'a signer',
  );
  const client = mustSucceed(await SignerClient.connect(running.socketPath), 'a client');
  t.after(async () => {
    await client.close();
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { client, signed, socketPath: running.socketPath };
}

/** How a process ended that issues these. */
function endOf(order: IssuingOrder, t: TestContext): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, [ORDER_VARIABLE]: JSON.stringify(order) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`)));
}

interface Row {
  readonly requestId: string;
  readonly kind: string;
  readonly serial: number;
  readonly tbs: Buffer;
  readonly isSigned: boolean;
  readonly isRevoked: boolean;
}

test('killed at every step: what was signed is accounted for, no serial is used twice, the same requests end well', async (t) => {
  const signer = await rememberingSigner(t);
  const jpki = await testJpki(t, { parts: () => ({ signer: signer.client }) });
  const { context } = jpki;
  const codes = await jpki.enrol(
    Array.from({ length: STEPS.length * PERSONS }, (_, index) => ({ resident_number: String(index + 1) })),
  );
  const ordersOf = (step: number): readonly IssueOrder[] =>
    codes
      .slice(step * PERSONS, (step + 1) * PERSONS)
      .map((code) => orderFor(code, { requestId: `request-${code}`, cardId: `card-${code}` }));
  // the area's list is there: what follows is the cycle of a certificate alone
  await jpki.issue(ordersOf(0)[0] ?? assert.fail());
  signer.signed.length = 0;
  const [named] = await context.sql<{ database: string }[]>`SELECT current_database() AS database`;
  assert.ok(named);
  const ends = await Promise.all(
    STEPS.map((killedAt, step) =>
      endOf(
        {
          database: named.database,
          socketPath: signer.socketPath,
          listsFolder: jpki.listsFolder,
          now: context.clock.now(),
          killedAt,
          orders: ordersOf(step).map((order) => ({
            ...order,
            certificationRequest: Buffer.from(order.certificationRequest).toString('base64'),
          })),
        },
        t,
      ),
    ),
  );
  assert.deepEqual(
    ends,
    STEPS.map(() => 'SIGKILL'),
    'each died where it should',
  );

  const orders = STEPS.flatMap((_, step) => ordersOf(step));
  const readRows = () => context.sql<Row[]>`
    SELECT request_id AS "requestId", kind, serial, tbs, signature IS NOT NULL AS "isSigned",
      revoked_at IS NOT NULL AS "isRevoked" FROM jpki.certificate`;
  const left = await readRows();
  assert.ok(
    left.some(({ isSigned }) => !isSigned),
    'something was left half done',
  );
  demandAccounted(signer.signed, left);

  const issued = await Promise.all(
    orders.map(async (order) => mustSucceed(await issueCertificate(context, testAccess, order), 'again')),
  );
  const rows = await readRows();
  demandAccounted(signer.signed, rows);
  assert.equal(rows.length, orders.length, 'one certificate a request, whatever was begun');
  assert.ok(rows.every(({ isSigned, isRevoked }) => isSigned && !isRevoked));
  assert.equal(new Set(issued.map(({ serial }) => serial)).size, orders.length);
  const before = new Map(left.map(({ requestId, serial }) => [requestId, serial]));
  for (const { requestId, serial } of rows)
    assert.equal(before.get(requestId) ?? serial, serial, 'what was stored is what was completed');
  t.diagnostic(
    `${left.length} of ${orders.length} stored when all were dead, ${signer.signed.length} signatures`,
  );
});

/** Whatever the signer signed is in one row, and no serial number is in two different certificates. */
function demandAccounted(signed: readonly Buffer[], rows: readonly Row[]): void {
  const distinct = new Set(signed.map((tbs) => tbs.toString('hex')));
  const stored = new Map(rows.map((row) => [Buffer.from(row.tbs).toString('hex'), row]));
  for (const tbs of distinct) assert.ok(stored.has(tbs), 'a certificate was signed that nobody knows of');
  const serials = [...distinct].map((hex) => {
    const read = mustSucceed(parseTbsCertificate(Buffer.from(hex, 'hex')), 'what was signed');
    return `${read.issuer.toString()} ${Buffer.from(read.serial).toString('hex')}`;
  });
  assert.equal(new Set(serials).size, distinct.size, 'a serial number on two certificates');
}
