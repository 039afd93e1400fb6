/** Lists of revoked certificates and kill -9, and what an operator reads of them: docs/flows/revocation-status.md. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { parseCrl, serialNumberValue } from '@ishizue/x509';
import { postJson } from './numbering-for-test.ts';
import { openedDataForTest, startServer, startVerb } from './started-for-test.ts';

interface Told {
  readonly kind: string;
  readonly keyIdentifier: string;
  readonly number: number;
  readonly area: string | null;
  readonly service: string;
  readonly answer: string;
  readonly count: number;
}

test('killed while lists are made, the house serves the old ones, and goes on with higher numbers', async (t) => {
  const data = await openedDataForTest(t);
  const started = () => startServer(t, data);
  const first = await started();
  const { stdout } = await startVerb(t, data, [
    'operator',
    'add',
    '--site',
    'national',
    '--name',
    'x',
    '--role',
    'ca-operator',
    '--json',
  ]).ended;
  const added = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  const signIn = async (origin: string): Promise<string> =>
    (
      await postJson(`${origin}/national/operator-sessions`, {
        operator: added.operator,
        secret: added.secret,
      })
    ).told.token;
  const publish = async (origin: string, token: string) =>
    (await postJson(`${origin}/national/crl-publications`, {}, token)).told;
  const token = await signIn(first.origin);
  await publish(first.origin, token);
  const [authority]: readonly Told[] = JSON.parse(await (await fetch(`${first.origin}/ca`)).text());
  assert.ok(authority);
  const numberAt = async (origin: string): Promise<bigint> => {
    const list = await fetch(`${origin}/crl/${authority.keyIdentifier}`);
    assert.equal(list.status, 200);
    const crl = mustSucceed(parseCrl(Buffer.from(await list.arrayBuffer())), 'a list');
    return serialNumberValue(crl.known.crlNumber ?? new Uint8Array(0));
  };
  const before = await numberAt(first.origin);

  const publishing = Array.from({ length: 5 }, () => publish(first.origin, token).catch(() => undefined));
  first.server.signalGroup('SIGKILL');
  await Promise.all(publishing);
  await first.server.ended;
  const folder = path.join(data, 'revocation-lists', `${authority.kind}-1`);
  // what a kill in the middle of a file leaves, whether this one did or not
  writeFileSync(path.join(folder, `0-${Number(before) + 7}.crl.new`), 'half a list');

  const second = await started();
  assert.ok((await numberAt(second.origin)) >= before);
  const next = await signIn(second.origin);
  const report = await publish(second.origin, next);
  assert.equal(report.failures, 0);
  const after = await numberAt(second.origin);
  assert.ok(after > before);
  assert.ok(readdirSync(folder).includes(`0-${after}.crl`));

  const read = async (place: string): Promise<readonly Told[]> => {
    const answer = await fetch(`${second.origin}/national${place}`, {
      headers: { authorization: `Bearer ${next}` },
    });
    assert.equal(answer.status, 200, place);
    return JSON.parse(await answer.text());
  };
  const log = await read('/crl-publications');
  const numbers = log.filter(({ area }) => area === null).map(({ number }) => number);
  assert.ok(numbers.includes(Number(after)) && numbers.includes(Number(before)));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const told = await read('/status-answer-counts?from=2020-01-01&to=2099-12-31');
  assert.ok(told.some(({ service, answer, count }) => service === 'crl' && answer === 'sent' && count >= 2));
});
