import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { readConfiguration } from './configuration.ts';
import { type CountryOptions, openCountry } from './country.ts';
import { openDataDirectory } from './data-directory.ts';
import { lockInstallation } from './installation-lock.ts';
import { dataForTest, processesOf } from './opened-for-test.ts';
import { StartRefused } from './start-refused.ts';

const MUNICIPALITIES = ['132217'];

/** Opens what must not open; answers why not, after seeing that nothing of it is left. */
async function failedOpening(data: string, more: Partial<CountryOptions> & { databaseUrl?: string }) {
  const { databaseUrl, ...options } = more;
  const configuration = readConfiguration({
    ISHIZUE_DATA: data,
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
  });
  const outcome = await openCountry({ configuration, municipalities: MUNICIPALITIES, ...options }).catch(
    (error: unknown) => error,
  );
  assert.deepEqual(processesOf(data), [], 'a process was left running');
  const directory = openDataDirectory(data);
  assert.equal(existsSync(directory.signer.socket), false, 'the signer was left running');
  const lock = await lockInstallation(directory.lock);
  assert.equal(lock.isOwner, true, 'the lock was left taken');
  await lock.release();
  return outcome;
}

const codeOf = (outcome: unknown): string =>
  outcome instanceof StartRefused ? outcome.failure.code : String(outcome);

test('an opening that fails after the signer has started leaves no PostgreSQL, no signer and no lock', async (t) => {
  const outcome = await failedOpening(dataForTest(t), { municipalities: ['999999'] });
  assert.ok(outcome instanceof Error && !(outcome instanceof StartRefused), String(outcome));
});

test('a key store that does not open is told in seconds, and leaves nothing running', async (t) => {
  const data = dataForTest(t);
  writeFileSync(openDataDirectory(data).signer.keyStore, 'no key store');
  assert.equal(codeOf(await failedOpening(data, {})), 'signer-not-started');
});

test('a database that does not answer is told without its password, and leaves no lock', async (t: TestContext) => {
  const databaseUrl = 'postgres://boss:s3cret@127.0.0.1:9/ishizue';
  const outcome = await failedOpening(dataForTest(t), { databaseUrl });
  assert.equal(codeOf(outcome), 'database-unreachable');
  assert.ok(outcome instanceof Error);
  assert.match(outcome.message, /ECONNREFUSED/);
  assert.doesNotMatch(outcome.message, /s3cret/);
});

test('an opening that is aborted at any step leaves nothing running, and the directory opens afterwards', async (t) => {
  const data = dataForTest(t);
  for (const at of [1, 3, 5]) {
    const controller = new AbortController();
    let steps = 0;
    const progress = (): void => {
      steps += 1;
      if (steps === at) setImmediate(() => controller.abort(new Error('planted')));
    };
    const outcome = await failedOpening(data, { progress, signal: controller.signal });
    assert.equal(outcome instanceof Error && outcome.message, 'planted', `step ${at}: ${String(outcome)}`);
  }
  const configuration = readConfiguration({ ISHIZUE_DATA: data });
  const country = await openCountry({ configuration, municipalities: MUNICIPALITIES });
  assert.equal(codeOf(await openSecond(data)), 'already-running');
  assert.ok(processesOf(data).length > 0, 'this test would see nothing');
  await country.close();
  assert.deepEqual(processesOf(data), []);
});

const openSecond = (data: string): Promise<unknown> =>
  openCountry({
    configuration: readConfiguration({ ISHIZUE_DATA: data }),
    municipalities: MUNICIPALITIES,
    mustOwn: true,
  }).catch((error: unknown) => error);
