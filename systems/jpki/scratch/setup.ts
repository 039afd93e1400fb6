import { spawn } from 'node:child_process';
import { randomBytes, createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCluster, Database } from '@ishizue/db';
import { systemClock } from '@ishizue/clock';
import { ledgerSchema, Pseudonyms } from '@ishizue/ledger';
import { linkSchema } from '@ishizue/link';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { registrySchema, findPerson, residentCodeOf } from '@ishizue/registry';
import { SignerClient } from '@ishizue/signer';
import { signerEnvironment, signerProgramPath } from '../../../apps/signer/src/index.ts';
import { jpkiSchema, jpkiContext, performCeremony, testProfile } from '../src/index.ts';

export async function setup(persons: number) {
  const home = mkdtempSync(path.join(tmpdir(), 'jpki-bench-'));
  const cluster = await startCluster({ home, settings: { ...(process.env.NOFSYNC ? { fsync: 'off' } : {}), shared_buffers: '256MB', max_connections: '100' } });
  const database = new Database({ server: cluster.address, name: 'bench', owners: [linkSchema, ledgerSchema, registrySchema, jpkiSchema], roleSecret: 'x' });
  await database.prepare();
  const run = mkdtempSync(path.join(tmpdir(), 'jpki-bs-'));
  writeFileSync(path.join(run, 'pass'), 'a long pass phrase\n');
  const settings = { socketPath: path.join(run, 'run', 's'), keyStorePath: path.join(run, 'keys'), statePath: path.join(run, 'state'), passphraseFile: path.join(run, 'pass'), exitWithParent: true };
  const child = spawn(process.execPath, [signerProgramPath], { env: { ...process.env, ...signerEnvironment(settings) }, stdio: ['pipe', 'inherit', 'inherit'] });
  const client = await SignerClient.connect(settings.socketPath, { connectMsMax: 20000 });
  if (!client.ok) throw new Error(client.failure.detail);
  const signer = client.value;
  const directory = new MunicipalityDirectory(bundledReference());
  const pseudonyms = new Pseudonyms((site) => createHash('sha256').update(site).digest());
  const registry = { sql: database.pool('registry'), clock: systemClock, pseudonyms, municipalities: directory, newRecordLinks: () => [], changeLinks: [], wake: () => undefined } as never;
  const context = jpkiContext({ sql: database.pool('jpki'), clock: systemClock, pseudonyms, municipalities: directory, signer, profile: testProfile, findPerson: (a, c) => findPerson(registry, a, c), randomBytes });
  const t = await performCeremony(context, { performedBy: 'bench' });
  if (!t.ok) throw new Error(t.failure.detail);
  const su = database.superuser();
  const codes = Array.from({ length: persons }, (_, i) => residentCodeOf(String(1000000000 + i)));
  for (let i = 0; i < codes.length; i += 10000)
    await su`INSERT INTO registry.national_person SELECT code, '132217', 'resident', '石川　遥', NULL, NULL, '1980-02-17', 2, '東京都清瀬市元町一丁目4番5号', NULL, '2020-04-01', 1, 'initial-load', '2020-04-01', now() FROM unnest(${codes.slice(i, i + 10000)}::text[]) AS c(code)`;
  await su.unsafe('ANALYZE');
  const close = async () => { await su.end(); await signer.close(); child.stdin?.end(); child.kill(); await database.close(); await cluster.stop(); };
  return { context, codes, su, close, database, signer };
}
export const access = { actorKind: 'operator' as const, actor: 'o', terminal: 't', article: '住民基本台帳法 第22条', affair: 'bench', correlation: 'c' };
