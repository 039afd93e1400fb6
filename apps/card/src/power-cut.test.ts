/** What a card is worth when its process is killed, and when two processes want it at once. */
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { mustSucceed } from '@ishizue/outcome';
import { SoftwareCard } from './software-card.ts';
import { cardOnTrial } from './testing/card-on-trial.ts';

test('killed while it saves, the card has the old state or the new, and is free', async (t) => {
  const { card, certificateFor, start } = await cardOnTrial(t, ['authentication']);
  const [one, two] = [await certificateFor('authentication'), await certificateFor('authentication')];
  const known = [one, two].map((der) => Buffer.from(der).toString('base64'));
  mustSucceed(await card.writeCertificate('authentication', one), '');
  for (let run = 0; run < 8; run++) {
    const writer = start('write', ...known);
    assert.equal(await writer.nextLine(), 'ok');
    await pause(Math.random() * 20);
    await writer.cut();
    const found = mustSucceed(await card.readCertificate('authentication'), `run ${run}`).toString('base64');
    assert.ok(known.includes(found));
  }
});

test('nothing is compared before the try is spent on the disk', async (t) => {
  const { card, file } = await cardOnTrial(t, ['authentication']);
  mustSucceed(await card.setPin('authentication', '1234'), '');
  const cpuMsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const comparing = await cpuMsOf(() => card.sign('authentication', '1234', Buffer.from('x')));
  mkdirSync(`${file}.new`); // the place of every save is taken: none succeeds
  const refused: number[] = [];
  for (let n = 0; n < 3; n++)
    refused.push(
      await cpuMsOf(() => assert.rejects(card.sign('authentication', '1234', Buffer.from('x')), /EISDIR/)),
    );
  assert.ok(Math.min(...refused) < comparing / 2, `${refused.join()} ms, a comparison ${comparing} ms`);
});

test('a cut after the try was spent does not give it back', async (t) => {
  const { card, file, start } = await cardOnTrial(t, ['authentication']);
  mustSucceed(await card.setPin('authentication', '1234'), '');
  const triesLeft = async () => mustSucceed(await card.status(), '').keys[0]?.triesLeft;
  for (const left of [2, 1, 0]) {
    const before = statSync(file).ino;
    const signer = start('sign', '1234'); // even the right PIN
    assert.equal(await signer.nextLine(), 'ready');
    // until the first save, which a tenth of a second of scrypt follows
    for (let waited = 0; statSync(file).ino === before; waited++) {
      assert.ok(waited < 20_000, 'nothing was saved');
      await pause(1);
    }
    await signer.cut();
    assert.equal(await triesLeft(), left);
  }
  const locked = await card.sign('authentication', '1234', Buffer.from('x'));
  assert.equal(!locked.ok && locked.failure.code, 'pin-locked');
});

test('two processes that guess at once have three tries between them', async (t) => {
  const { card, start } = await cardOnTrial(t, ['authentication']);
  mustSucceed(await card.setPin('authentication', '1234'), '');
  const guessers = [start('sign', '0001', '0002', '0003'), start('sign', '0004', '0005', '0006')];
  const lines = await Promise.all(
    guessers.map(async (guesser) => {
      assert.equal(await guesser.nextLine(), 'ready');
      return [await guesser.nextLine(), await guesser.nextLine(), await guesser.nextLine()];
    }),
  );
  const counted = Object.groupBy(lines.flat(), (line) => line);
  assert.deepEqual([counted['pin-wrong']?.length, counted['pin-locked']?.length], [3, 3]);
});

test('operations in one process take turns too', async (t) => {
  const { file, deviceKey, certificateFor } = await cardOnTrial(t, ['authentication']);
  const der = await certificateFor('authentication');
  const cards = Array.from({ length: 6 }, () => new SoftwareCard({ path: file, deviceKey }));
  const set = await Promise.all(
    cards.map((card, index) =>
      index % 2 === 0 ? card.setPin('authentication', '1234') : card.writeCertificate('authentication', der),
    ),
  );
  assert.equal(set.filter((result, index) => index % 2 === 0 && result.ok).length, 1, 'one PIN is the first');
});

test('a card that another process holds is busy, and free as soon as that process is killed', async (t) => {
  const { card, file, deviceKey, start } = await cardOnTrial(t, []);
  const holder = start('hold');
  assert.equal(await holder.nextLine(), 'held');
  const hasty = new SoftwareCard({ path: file, deviceKey, lockWaitMs: 50 });
  const busy = await hasty.status();
  assert.equal(!busy.ok && busy.failure.code, 'card-busy');
  await holder.cut();
  assert.ok((await card.status()).ok);
});
