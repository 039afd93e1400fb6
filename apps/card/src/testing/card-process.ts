/**
 * A second process at a card, for the tests: `node card-process.ts CARD KEY_HEX ACT ARGUMENTS…`. It prints one line for each
 * thing that it has done, so that the test knows when to kill it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CardResult } from '../card-code.ts';
import { SoftwareCard } from '../software-card.ts';

const [file = '', keyHex = '', act = '', ...given] = process.argv.slice(2);
const card = new SoftwareCard({ path: file, deviceKey: Buffer.from(keyHex, 'hex'), lockWaitMs: 60_000 });

const say = (result: CardResult<unknown>): void => console.log(result.ok ? 'ok' : result.failure.code);

switch (act) {
  case 'write': {
    const certificates = given.map((text) => Buffer.from(text, 'base64'));
    for (;;) for (const der of certificates) say(await card.writeCertificate('authentication', der));
  }
  case 'sign':
    console.log('ready');
    for (const pin of given) say(await card.sign('authentication', pin, Buffer.from('challenge')));
    break;
  case 'hold':
    // what a process does that hangs while it has the card
    await (await import('../card-lock.ts')).withCardLock(file, 1000, async () => {
      console.log('held');
      await pause(3_600_000);
      return { ok: true, value: undefined };
    });
    break;
  default:
    throw new Error(`no such act: ${act}`);
}
