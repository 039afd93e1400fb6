/** Verifiers of an edition in which their registration was no procedure: they get their cases, with history, and go on. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ManualClock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { ledgerSchema, Pseudonyms } from '@ishizue/ledger';
import { linkSchema } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { procedureSchema } from '@ishizue/procedure';
import { jpkiSchema } from '../schema.ts';
import { makeClient, officer, termsOf } from '../testing/verifiers.ts';
import { registrationDesk } from './registration-desk.ts';
import {
  approveForVerifier,
  changeVerifier,
  listVerifiers,
  proposeForVerifier,
  verifierHistory,
  verifierProposals,
} from './verifier-office.ts';
import { checkTerms, type VerifierTerms } from './verifier-terms.ts';

const FOLDER = fileURLToPath(jpkiSchema.migrations);
const CASES = '0020-verifier-cases.sql';
const NOW = Date.parse('2026-11-20T01:00:00Z');

async function earlierEdition(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-earlier-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.sql') && file < CASES))
    cpSync(path.join(FOLDER, name), path.join(folder, name));
  const earlier = { ...jpkiSchema, migrations: pathToFileURL(`${folder}/`) };
  const database = await testDatabase(t, [linkSchema, ledgerSchema, procedureSchema, earlier]);
  const superuser = database.superuser();
  t.after(() => superuser.end());
  return { superuser, sql: database.pool('jpki') };
}

let acts = 0;

/** What the earlier edition wrote of an act. */
async function act(
  sql: Sql,
  verifier: string,
  name: string,
  operator = 'o-first',
  proposal?: string,
  result = 'ok',
) {
  const at = new Date(NOW - 3_600_000 + ++acts * 1000);
  await sql`
    INSERT INTO jpki.verifier_act (at, act, operator, purpose, correlation, verifier, proposal, result)
    VALUES (${at}, ${`verifier-${name}`}, ${operator}, ${`for ${name}`}, 'c', ${verifier}, ${proposal ?? null}, ${result})`;
  return at;
}

async function register(sql: Sql, verifier: string, terms: VerifierTerms) {
  const client = mustSucceed(checkTerms(terms, NOW), 'terms');
  const at = await act(sql, verifier, 'register');
  await sql`
    INSERT INTO jpki.verifier (verifier, state, revision, kind, title, purpose, contact, fee_class, certificate_kinds,
      methods, services, entrusted_to, certificate, public_key, certificate_ends_at, changed_at)
    VALUES (${verifier}, 'notified', 1, ${terms.kind}, ${terms.title}, ${terms.purpose}, ${terms.contact},
      ${terms.feeClass}, ${terms.certificateKinds}, ${terms.methods}, ${terms.services}, ${terms.entrustedTo},
      ${client?.der ?? null}, ${client?.publicKey ?? null}, ${client ? new Date(client.endsAt) : null}, ${at})`;
}

async function change(sql: Sql, verifier: string, name: string, state: string) {
  await act(sql, verifier, name);
  await sql`UPDATE jpki.verifier SET revision = revision + 1, state = ${state} WHERE verifier = ${verifier}`;
}

async function propose(sql: Sql, verifier: string, name: string, terms?: VerifierTerms): Promise<string> {
  const id = randomUUID();
  const at = await act(sql, verifier, 'propose', 'o-first', id);
  await sql`
    INSERT INTO jpki.verifier_proposal (id, verifier, act, revision, terms, proposed_by, proposed_for, proposed_at, expires_at)
    SELECT ${id}, verifier, ${name}, revision, ${terms ? sql.json(terms) : null}, 'o-first', 'for propose', ${at},
      ${new Date(at.getTime() + 72 * 3_600_000)} FROM jpki.verifier WHERE verifier = ${verifier}`;
  return id;
}

async function approve(sql: Sql, verifier: string, id: string, set: ReturnType<Sql>) {
  const at = await act(sql, verifier, 'approve', 'o-second', id);
  await sql`
    UPDATE jpki.verifier_proposal SET approved_by = 'o-second', approved_for = 'x', approved_at = ${at} WHERE id = ${id}`;
  await sql`
    UPDATE jpki.verifier SET revision = revision + 1, proposal = ${id}, ${set} WHERE verifier = ${verifier}`;
}

/** One that is suspended, with an open proposal; its firm, whose terms two persons changed; one that has ended. */
async function plant(sql: Sql) {
  const [pf, firm, old] = ['verifier/pf', 'verifier/firm', 'verifier/old'];
  const terms = termsOf({ clientCertificate: makeClient().pem });
  await register(sql, pf, terms);
  await act(sql, pf, 'suspend', 'o-first', undefined, 'verifier-state-refused');
  await change(sql, pf, 'release-documents', 'technical-documents-released');
  await change(sql, pf, 'open-test-environment', 'test-environment');
  await change(sql, pf, 'begin-connection-test', 'connection-test');
  await approve(sql, pf, await propose(sql, pf, 'go-live'), sql`state = 'live'`);
  const ofFirm = termsOf({ kind: 'delegating-firm', entrustedTo: pf, clientCertificate: null });
  await register(sql, firm, ofFirm);
  const narrower: VerifierTerms = { ...ofFirm, services: [] };
  await approve(sql, firm, await propose(sql, firm, 'change-terms', narrower), sql`services = '{}'`);
  await change(sql, pf, 'suspend', 'suspended');
  await register(sql, old, termsOf());
  await change(sql, old, 'end', 'ended');
  return { terms, open: await propose(sql, pf, 'restore') };
}

test('verifiers that were there have their cases: state, terms, who did what and why, and what is proposed', async (t) => {
  const { superuser, sql } = await earlierEdition(t);
  const { terms, open } = await plant(sql);
  await superuser.begin(async (tx) => {
    await tx.unsafe('SET LOCAL ROLE ishizue_jpki_owner; SET LOCAL search_path = jpki, pg_catalog');
    await tx.unsafe(readFileSync(path.join(FOLDER, CASES), 'utf8'));
  });
  const clock = new ManualClock(new Date(NOW).toISOString());
  const pseudonyms = new Pseudonyms(() => Buffer.alloc(32, 7));
  const office = { sql, registration: registrationDesk({ sql, clock, pseudonyms }) };
  assert.deepEqual(
    (await listVerifiers(office)).map(({ verifier, state, revision }) => [verifier, state, revision]),
    [
      ['verifier/firm', 'notified', 3],
      ['verifier/old', 'ended', 2],
      ['verifier/pf', 'suspended', 8],
    ],
  );
  const told = mustSucceed(await verifierHistory(office, officer(), 'verifier/pf'), 'history');
  assert.deepEqual(
    told.map(({ move, state, actor, own }) => `${move} ${state} ${actor} ${String(own?.['purpose'])}`),
    [
      'register notified operator:o-first for register',
      'release-documents technical-documents-released operator:o-first for release-documents',
      'open-test-environment test-environment operator:o-first for open-test-environment',
      'begin-connection-test connection-test operator:o-first for begin-connection-test',
      'propose-go-live connection-test operator:o-first for propose',
      'go-live live operator:o-second for approve',
      'suspend suspended operator:o-first for suspend',
      'propose-restore suspended operator:o-first for propose',
    ],
  );
  assert.deepEqual(
    (await verifierProposals(office)).map(({ verifier, act: proposed, revision, approvedBy }) => [
      verifier,
      proposed,
      revision,
      approvedBy,
    ]),
    [
      ['verifier/pf', 'restore', 8, null],
      ['verifier/firm', 'change-terms', 2, 'o-second'],
    ],
  );
  assert.equal(
    mustSucceed(await approveForVerifier(office, officer('o-second'), open), 'approve').state,
    'live',
  );
  // the certificate that was kept in DER is the PEM of its terms again, and is taken as such
  const desk = await office.registration();
  const acting = {
    actor: { kind: 'operator', id: 'o-1', roles: ['verifier-officer'] },
    terminal: '',
    correlation: 'c',
  } as const;
  const { cases } = mustSucceed(await desk.inbox(acting), 'inbox');
  const pf = cases.find(({ subject }) => subject === 'verifier/pf');
  assert.deepEqual([pf?.version, pf?.openedOn, pf?.applicant], ['2016-01-01', '2026-11-20', 'counter']);
  const kept = (pf?.record['terms'] ?? {}) as { readonly clientCertificate?: string };
  const compact = (pem: string | null | undefined) => pem?.replaceAll(/\s/g, '');
  assert.equal(compact(kept.clientCertificate), compact(terms.clientCertificate));
  const longer = { ...terms, title: '新名称', clientCertificate: kept.clientCertificate ?? '' };
  const proposed = mustSucceed(
    await proposeForVerifier(office, officer(), 'verifier/pf', { act: 'change-terms', terms: longer }),
    'propose',
  );
  assert.equal(
    mustSucceed(await approveForVerifier(office, officer('o-second'), proposed.id), 'approve').title,
    '新名称',
  );
  const firm = await changeVerifier(office, officer(), 'verifier/firm', 'release-documents');
  assert.deepEqual(mustSucceed(firm, 'act').services, []);
  const old = await changeVerifier(office, officer(), 'verifier/old', 'end');
  assert.equal(old.ok ? '' : old.failure.code, 'verifier-state-refused');
});
