/** A card in a folder of its own, and processes that use it beside the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { TestCertification } from '@ishizue/cards/testing';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import type { KeyKind } from '../card-record.ts';
import { SoftwareCard } from '../software-card.ts';

const CARD_ID = 'TESTCARD00000001';

export interface CardOnTrial {
  readonly card: SoftwareCard;
  readonly file: string;
  readonly deviceKey: Buffer;
  /** A certificate of the card's key that no earlier one equals. */
  readonly certificateFor: (kind: KeyKind) => Promise<Uint8Array>;
  readonly start: (act: string, ...given: readonly string[]) => CardProcess;
}

export interface CardProcess {
  readonly child: ChildProcess;
  /** The next line that it prints. */
  nextLine(): Promise<string>;
  /** Ends it as a power cut would. */
  cut(): Promise<void>;
}

export async function cardOnTrial(
  t: TestContext,
  kinds: readonly KeyKind[] = ['authentication', 'signature'],
): Promise<CardOnTrial> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-card-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'one.card');
  const deviceKey = randomBytes(32);
  const card = new SoftwareCard({ path: file, deviceKey });
  mustSucceed(await card.personalise({ cardId: CARD_ID, kinds }), 'personalising');
  const certification = new TestCertification();
  let asked = 0;
  return {
    card,
    file,
    deviceKey,
    certificateFor: async (kind) => {
      const request = mustSucceed(await card.certificationRequest(kind), 'a request');
      const issued = await certification.issueCertificate(testAccess, {
        kind,
        requestId: String(asked++),
        residentCode: '24727059608',
        cardId: CARD_ID,
        cardExpiresOn: '2036-02-17',
        certificationRequest: Buffer.from(request),
      });
      return mustSucceed(issued, 'a certificate').certificate;
    },
    start: (act, ...given) => startProcess(t, [file, deviceKey.toString('hex'), act, ...given]),
  };
}

function startProcess(t: TestContext, given: readonly string[]): CardProcess {
  const program = path.join(import.meta.dirname, 'card-process.ts');
  const child = spawn(process.execPath, [program, ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const cut = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  t.after(cut);
  return {
    child,
    nextLine: async () => {
      const line = await lines.next();
      if (line.done) throw new Error('the process ended');
      return line.value;
    },
    cut,
  };
}
