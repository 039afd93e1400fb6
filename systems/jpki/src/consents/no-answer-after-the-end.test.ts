/**
 * No answer after withdrawal, expiry, suspension or revocation, however answers and ends run into each other: answers are held
 * up where they ask the registry, and let go in any order while the end comes at any moment.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { revokeCertificates } from '../revoke-certificates.ts';
import { type ConsentScene, consentScene, FIRM, OPERATOR } from '../testing/consents.ts';
import { decideByTwo, officer } from '../testing/verifiers.ts';
import { changeVerifier } from '../verifiers/verifier-office.ts';
import { withdrawAtCounter } from './withdraw-consent.ts';

/** Where answers wait before they ask the registry. */
class Gate {
  readonly #waiting: (() => void)[] = [];
  isOpen = true;

  async pass(): Promise<void> {
    if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Until somebody waits here; half a second at the most, for an answer may also be refused before. */
  async someoneWaits(): Promise<void> {
    for (let waited = 0; this.#waiting.length === 0 && waited < 500; waited += 5) await sleep(5);
  }

  letOneGo(): void {
    this.#waiting.shift()?.();
  }

  open(): void {
    this.isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

const ENDS = [
  'withdraw',
  'withdraw-at-counter',
  'expire',
  'suspend-operator',
  'suspend-firm',
  'revoke',
] as const;
type End = (typeof ENDS)[number];

/** What ends the consent; it resolves when that is acknowledged. */
async function end(scene: ConsentScene, id: string, how: End): Promise<void> {
  const { context, country } = scene;
  switch (how) {
    case 'withdraw':
      assert.equal(await scene.withdraw(id), undefined);
      return;
    case 'withdraw-at-counter': {
      const { residentCode } = scene;
      mustSucceed(await withdrawAtCounter(context, testAccess, { id, residentCode }), how);
      return;
    }
    case 'expire':
      country.clock.advance(86_400_000);
      return;
    case 'suspend-operator':
    case 'suspend-firm': {
      const name = how === 'suspend-firm' ? FIRM : OPERATOR;
      mustSucceed(await changeVerifier(context, officer(), name, 'suspend'), how);
      return;
    }
    case 'revoke': {
      const names = [{ kind: 'signature' as const, serial: scene.serial() }];
      mustSucceed(await revokeCertificates(context, testAccess, names, 'keyCompromise'), how);
    }
  }
}

async function mend(scene: ConsentScene, how: End): Promise<void> {
  if (how === 'suspend-firm') await decideByTwo(scene.context, FIRM, { act: 'restore' });
  if (how === 'suspend-operator') await decideByTwo(scene.context, OPERATOR, { act: 'restore' });
  if (how === 'revoke') await scene.renew();
}

const CODES: Readonly<Record<End, string>> = {
  withdraw: 'consent-withdrawn',
  'withdraw-at-counter': 'consent-withdrawn',
  expire: 'consent-expired',
  'suspend-operator': 'verifier-suspended',
  'suspend-firm': 'verifier-suspended',
  revoke: 'chain-broken',
};

/** Answers that are committed. The client's own order proves nothing: PostgreSQL lets go of a lock before it tells of the commit. */
async function countAnswers({ country }: ConsentScene): Promise<number> {
  const [row] = await country.database.pool('ledger')<{ count: number }[]>`
    SELECT count(*)::int AS count FROM ledger.entry WHERE affair = 'latest-attributes' AND result = 'ok'`;
  return row?.count ?? 0;
}

test('in any interleaving, nobody is answered after the end of a consent was acknowledged', async (t) => {
  const gate = new Gate();
  const scene = await consentScene(t, {
    parts: ({ findPersons }) => ({
      findPersons: async (looks) => {
        const isAnswer = looks.some(({ access }) => access.affair === 'latest-attributes');
        if (isAnswer) await gate.pass();
        return findPersons(looks);
      },
    }),
  });
  const totals = { answered: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ENDS),
      fc.array(fc.constantFrom('ask', 'ask-and-hold', 'let-go', 'end'), { minLength: 3, maxLength: 12 }),
      async (how, steps) => {
        const today = new Date(scene.context.clock.now()).toISOString().slice(0, 10);
        const { id } = await scene.consent(['name'], today);
        let isOver = false;
        let answeredBefore = 0;
        let ended: Promise<void> | undefined;
        const asked: Promise<void>[] = [];
        const ask = async (): Promise<void> => {
          const isLate = isOver;
          const given = await scene.ask(id);
          if (typeof given === 'string') totals.refused++;
          else totals.answered++;
          if (isLate || typeof given === 'string') assert.equal(given, CODES[how]);
        };
        const finish = async (): Promise<void> => {
          await end(scene, id, how);
          isOver = true;
          answeredBefore = await countAnswers(scene);
        };
        gate.isOpen = false;
        for (const step of steps) {
          if (step === 'ask' || step === 'ask-and-hold') asked.push(ask());
          else if (step === 'let-go') gate.letOneGo();
          else ended ??= finish();
          if (step === 'ask-and-hold') await Promise.race([gate.someoneWaits(), asked.at(-1)]);
        }
        gate.open();
        await Promise.all(asked);
        await (ended ?? finish());
        assert.equal(await scene.ask(id), CODES[how]);
        // what was decided in time may be committed after the clock was put forward
        if (how !== 'expire')
          assert.equal(await countAnswers(scene), answeredBefore, 'an answer after the end');
        await mend(scene, how);
      },
    ),
    // a failure leaves the country as it is: a smaller case would fail for that
    { numRuns: 50, endOnFailure: true },
  );
  assert.ok(totals.answered > 10 && totals.refused > 5, JSON.stringify(totals));
});
