/**
 * The signer program: reads its settings, starts the signer with the lints of lints.ts, prints one JSON line on
 * standard output when it is ready, and one a refusal on standard error. Ends with 0 on SIGTERM, SIGINT or, if asked,
 * when its parent goes; with 1 where it could not start.
 */
import { readFile, stat } from 'node:fs/promises';
import { guardMachineClock } from '@ishizue/clock';
import { readKeyTypes } from '@ishizue/jpki/lints';
import { fail, type Result } from '@ishizue/outcome';
import { type Signer, type SignerEvent, startSigner } from '@ishizue/signer';
import { readSettings, type SignerSettings } from './configuration.ts';
import { createEventLog } from './event-log.ts';
import { signerLintsFor } from './lints.ts';

/** The keys of the citizen PKI; those of ledgers and links are Ed25519 and stay in the key store. */
const IN_TOKEN = ['jpki/'];

// whoever read our output may be gone; that is no reason to stop signing
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const log = createEventLog((text) => process.stderr.write(text));

const settings = readSettings(process.env);
const signer = settings.ok ? await start(settings.value) : settings;
if (settings.ok && signer.ok) {
  endWhenAsked(signer.value, settings.value);
  process.stdout.write(`${JSON.stringify({ event: 'ready', pid: process.pid })}\n`);
} else if (!signer.ok) {
  log.write({ event: 'not-started', ...signer.failure });
  process.exitCode = 1;
}

async function start(from: SignerSettings): Promise<Result<Signer>> {
  const { passphraseFile, exitWithParent: _, keyTypes: set, token: place, ...options } = from;
  const keyTypes = readKeyTypes(set ?? { holder: '', authority: '' });
  if (!keyTypes.ok) return keyTypes;
  const text = await readFile(passphraseFile, 'utf8').catch(() => undefined);
  if (text === undefined) return fail('passphrase-missing', 'the passphrase file cannot be read');
  const passphrase = text.replace(/\r?\n$/, '');
  const pin = place && (await readFile(place.pinFile, 'utf8').catch(() => undefined))?.replace(/\r?\n$/, '');
  if (place && pin === undefined) return fail('token-pin-missing', 'the file of the PIN cannot be read');
  const token = place && { library: place.library, label: place.label, pin: pin ?? '', prefixes: IN_TOKEN };
  return startSigner({
    ...options,
    clockWatch: guardMachineClock(await writtenLast(options.statePath)),
    ...(token && { token }),
    passphrase,
    lints: signerLintsFor(keyTypes.value),
    report,
  });
}

/** When the state was written last, which is every second while ledgers are sealed: a clock that is behind it was moved. */
async function writtenLast(statePath: string): Promise<number | undefined> {
  const found = await stat(statePath).catch(() => undefined);
  return found?.mtimeMs;
}

function report(event: SignerEvent): void {
  if (event.event !== 'broken') log.write(event);
  else log.write({ ...event, error: event.error instanceof Error ? event.error.stack : 'no error' });
}

function endWhenAsked(running: Signer, { exitWithParent }: SignerSettings): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    process.stdin.destroy(); // its pipe would keep the process
    void running.close();
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  if (exitWithParent) process.stdin.on('end', end).on('error', end).resume();
}
