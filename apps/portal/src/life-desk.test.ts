import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LifePlayer, PlayedStep } from '@ishizue/demo';
import { LifeDesk } from './life-desk.ts';

const bilingual = { ja: '', en: '' };

/** A player that counts what it is asked, and ends each act when told to. */
class HeldPlayer implements LifePlayer {
  readonly steps = [1, 2, 3].map((number) => ({ number, title: bilingual, explains: bilingual }));
  plays = 0;
  finish: (outcome?: 'stop' | 'throw') => void = () => undefined;
  #played: PlayedStep[] = [];

  played(): readonly PlayedStep[] {
    return this.#played;
  }

  async playNext(): ReturnType<LifePlayer['playNext']> {
    this.plays += 1;
    const outcome = await new Promise<string | undefined>((resolve) => {
      this.finish = resolve;
    });
    if (outcome === 'throw') throw new Error('broken');
    if (outcome === 'stop') return { ok: false, failure: { code: 'no-answer-in-time', detail: 'the card' } };
    const value = { number: this.#played.length + 1, what: bilingual, checks: [], took_ms: 1 };
    this.#played = [...this.#played, value];
    return { ok: true, value };
  }

  async beginAgain(): Promise<void> {
    await new Promise<string | undefined>((resolve) => {
      this.finish = resolve;
    });
    this.#played = [];
  }

  async accesses(): Promise<readonly []> {
    return [];
  }
}

const codeOf = async (asked: ReturnType<LifeDesk['play']>): Promise<string> => {
  const result = await asked;
  return result.ok ? 'ok' : result.failure.code;
};

// an act that nobody ends must fail a test, not hang it
const bounded = { timeout: 5_000 };

test('a step that is asked for many times at once is played once', bounded, async () => {
  const player = new HeldPlayer();
  const desk = new LifeDesk(player);
  const asked = [desk.play(1), desk.play(1), desk.play(1)].map(codeOf);
  assert.equal(desk.isBusy, true);
  player.finish();
  assert.deepEqual(await Promise.all(asked), ['ok', 'ok', 'ok']);
  assert.equal(player.plays, 1);
  assert.equal(desk.next()?.number, 2);
  assert.equal(desk.isBusy, false);
});

test('only the next step is played', bounded, async () => {
  const player = new HeldPlayer();
  const desk = new LifeDesk(player);
  for (const step of [0, 2, 3, 4]) assert.equal(await codeOf(desk.play(step)), 'step-not-next');
  const first = desk.play(1);
  player.finish();
  await first;
  assert.equal(await codeOf(desk.play(1)), 'step-not-next');
  assert.equal(player.plays, 1);
});

test('nothing else happens while a step is played', bounded, async () => {
  const player = new HeldPlayer();
  const desk = new LifeDesk(player);
  const first = desk.play(1);
  assert.equal(await codeOf(desk.play(2)), 'life-busy');
  assert.equal(await codeOf(desk.beginAgain()), 'life-busy');
  player.finish();
  await first;
  const again = desk.beginAgain();
  assert.equal(await codeOf(desk.play(2)), 'life-busy');
  player.finish();
  assert.equal(await codeOf(again), 'ok');
  assert.deepEqual(desk.played(), []);
});

test('a step that stopped says why until it is played again', bounded, async () => {
  const player = new HeldPlayer();
  const desk = new LifeDesk(player);
  const first = desk.play(1);
  player.finish('stop');
  assert.equal(await codeOf(first), 'ok');
  assert.deepEqual(desk.stopped, { step: 1, code: 'no-answer-in-time', detail: 'the card' });
  const second = desk.play(1);
  player.finish();
  await second;
  assert.equal(desk.stopped, undefined);
  assert.equal(desk.played().length, 1);
});

test('a player that breaks does not keep the desk busy', bounded, async () => {
  const player = new HeldPlayer();
  const desk = new LifeDesk(player);
  const first = desk.play(1);
  player.finish('throw');
  await assert.rejects(first, /broken/);
  assert.equal(desk.isBusy, false);
});
