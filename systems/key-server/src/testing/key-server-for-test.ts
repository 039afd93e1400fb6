/** A key server for tests: real PostgreSQL, a real signer with the real lints on its socket, two sites and a link. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { type Clock, ManualClock } from '@ishizue/clock';
import { type Database, roleOf } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { ledgerSchema, Pseudonyms } from '@ishizue/ledger';
import { keyIdOf, linkSchema, openLinks, openSite, type Signing } from '@ishizue/link';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { SignerClient, startSigner } from '@ishizue/signer';
import {
  assembleSigned,
  attribute,
  encodeCertificationRequestInfo,
  encodeName,
  encodePem,
  signatureAlgorithm,
} from '@ishizue/x509';
import type { KeyOperator } from '../act.ts';
import type { KeyContext } from '../key-context.ts';
import { nodeLints } from '../lint/node-lints.ts';
import { enrolSites } from '../node/enrol.ts';
import { ensureNodeAuthority } from '../root/authorities.ts';
import { keyServerSchema } from '../schema.ts';

const SITES = ['national', 'municipal/132217'] as const;

/** A clock that stands still until it is told. */
export const stillClock = (): ManualClock => new ManualClock(Date.parse('2026-11-23T03:00:00Z'));

const RAW_KEY_BYTES = 32;

export const by = (operator: string, role = 'key-officer'): KeyOperator => ({
  operator,
  role,
  purpose: 'a test of keys',
  terminal: '',
  correlation: `c-${randomBytes(4).toString('hex')}`,
});

export interface TestKeyServer {
  readonly context: KeyContext;
  readonly database: Database;
  readonly signer: SignerClient;
  /** Signs as any site, with the key that is named. */
  readonly signing: Signing;
}

/** The node authority is made and the sites are enrolled with the keys that they have. */
export async function testKeyServer(t: TestContext, clock: Clock): Promise<TestKeyServer> {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const database = await testDatabase(
    { after: (end) => stack.defer(async () => void (await (end as () => unknown)())) },
    [linkSchema, ledgerSchema, keyServerSchema],
  );
  assert.equal(roleOf('key_server'), 'ishizue_key_server');
  const signer = await signerForTest(stack);
  const context: KeyContext = {
    sql: database.pool('key_server'),
    clock,
    pseudonyms: new Pseudonyms(() => Buffer.alloc(32, 7)),
    signer,
    site: 'national',
    origin: 'http://keys.test',
    randomBytes,
  };
  const requests = [];
  for (const site of SITES) {
    const spki = mustSucceed(
      await signer.generateKey(`link/${site}`, 'ed25519', ['envelope', 'acknowledgement']),
      site,
    );
    const publicKey = spki.subarray(-RAW_KEY_BYTES);
    mustSucceed(await openSite(database.pool('link'), { site, name: site, publicKey }), site);
    requests.push({ site, request: mustSucceed(await signer.requestCertificate(`link/${site}`), site) });
  }
  const [to, from] = SITES;
  await openLinks(database.pool('link'), [{ from, to, system: 'key_server' }]);
  mustSucceed(await ensureNodeAuthority(context), 'the node authority');
  mustSucceed(await enrolSites(context, by('o-setup', 'set-up'), requests), 'the sites');
  return { context, database, signer, signing: signingOf(signer) };
}

async function signerForTest(stack: AsyncDisposableStack): Promise<SignerClient> {
  const folder = mkdtempSync(path.join(tmpdir(), 'keys-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const socketPath = path.join(folder, 'run', 'signer.sock');
  const signer = mustSucceed(
    await startSigner({
      keyStorePath: path.join(folder, 'keys'),
      statePath: path.join(folder, 'state'),
      socketPath,
      passphrase: 'nine stones in the river',
      scryptCost: { log2N: 10, r: 8, p: 1 },
      lints: { ...nodeLints, crl: refuseAll, ocsp: refuseAll },
    }),
    'the signer',
  );
  stack.defer(() => signer.close());
  const client = mustSucceed(await SignerClient.connect(socketPath), 'its client');
  stack.defer(() => client.close());
  return client;
}

const refuseAll = () => [{ rule: 'not-here', detail: 'lists and answers of others' }];

function signingOf(signer: SignerClient): Signing {
  const nameOf = async (keyId: string): Promise<string> => {
    const keys = mustSucceed(await signer.listKeys(), 'the keys');
    return keys.find(({ spki }) => keyIdOf(spki.subarray(-RAW_KEY_BYTES)) === keyId)?.name ?? 'none';
  };
  return {
    signEnvelope: async (_site, header, keyId) =>
      mustSucceed(await signer.signEnvelope({ key: await nameOf(keyId), header }), 'an envelope'),
    signAcknowledgement: async (_site, header, keyId) =>
      mustSucceed(await signer.signAcknowledgement({ key: await nameOf(keyId), header }), 'a receipt'),
  };
}

/** A terminal's key and its certification request in PEM; planted: signed by another key than its own. */
export function terminalRequest(node: string, signer?: KeyObject) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const info = encodeCertificationRequestInfo({
    subject: encodeName([attribute('CN', node)]),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  });
  const request = assembleSigned(info, signatureAlgorithm('ed25519'), sign(null, info, signer ?? privateKey));
  return { privateKey, publicKey, request: encodePem('CERTIFICATE REQUEST', request) };
}

export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

/** The acts on record, in their order, each with the ledger entries of its correlation. */
export async function actsOf({ database }: TestKeyServer): Promise<readonly string[]> {
  const acts = await database.pool('key_server')<{ correlation: string; text: string }[]>`
    SELECT correlation, concat_ws(' ', act, operator, role, node, result) AS text FROM key_server.act ORDER BY id`;
  const entries = await database.pool('ledger')<{ correlation: string; affair: string; result: string }[]>`
    SELECT correlation, affair, result FROM ledger.entry WHERE site = 'national'`;
  for (const { correlation, text } of acts)
    assert.ok(
      entries.some(
        (entry) =>
          entry.correlation === correlation && text.startsWith(entry.affair) && text.endsWith(entry.result),
      ),
      text,
    );
  assert.equal(acts.length, entries.length);
  return acts.map(({ text }) => text);
}
