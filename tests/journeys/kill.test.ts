import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { ServerProcess } from './server-process.ts';

/** At which step or, where a fast machine is past it, the next; how long after it began; and what is killed. */
const KILLS: readonly (readonly [step: number, after_ms: number, what: 'server' | 'postgres'])[] = [
  [2, 150, 'postgres'],
  [3, 60, 'server'],
  [5, 200, 'server'],
  [5, 150, 'postgres'],
  [8, 100, 'server'],
  [9, 250, 'postgres'],
];
/** What a kill between makes longer is not measured here. */
const TIMED = /within a second/;
/** How often in a row a step may fail after a kill: with half a minute for PostgreSQL to recover, that is plenty. */
const FAILURES_MAX = 40;

test('a life goes on after kill -9 of the server and of PostgreSQL, and loses no acknowledged step', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'ishizue-kill-'));
  chmodSync(home, 0o755); // PostgreSQL's own user passes through
  const server = await ServerProcess.prepare(path.join(home, 'data'), ['132217', '142042'], 'on');
  t.after(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });
  await server.start();
  let life = server.life();
  const kills = [...KILLS];
  let failures = 0;
  while (life.played().length < life.steps.length) {
    const step = life.played().length + 1;
    const [at = Infinity, after_ms = 0, what] = kills[0] ?? [];
    const playing = life.playNext().catch((error: unknown) => error);
    if (at <= step) {
      kills.shift();
      await sleep(after_ms);
      if (what === 'server') await server.killServer();
      else server.killPostgres();
      await playing;
      if (what === 'server') await server.start();
      const acknowledged = life.played();
      life = server.life();
      assert.deepEqual(life.played(), acknowledged, 'a step that was acknowledged is gone');
    } else {
      const outcome = await playing;
      failures = isOk(outcome) ? 0 : failures + 1;
      // the pools find out about a PostgreSQL that was killed by their next queries
      if (failures > 0) await sleep(500);
      assert.ok(kills.length < KILLS.length || failures === 0, `step ${step} failed without a kill`);
      assert.ok(
        failures < FAILURES_MAX,
        `step ${step} fails again and again: ${inspect(outcome)}\n${server.state()}`,
      );
    }
  }
  assert.equal(kills.length, 0, 'a kill was not tried');
  const failed = life
    .played()
    .flatMap(({ number, checks }) => checks.map((check) => ({ number, ...check })))
    .filter(({ outcome, what }) => outcome === 'failed' && !TIMED.test(what.en));
  assert.deepEqual(failed, []);
  assert.equal(await server.stop(), 0);
});

const isOk = (outcome: unknown): boolean =>
  typeof outcome === 'object' && outcome !== null && 'ok' in outcome && outcome.ok === true;
