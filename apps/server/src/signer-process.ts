/**
 * The signer beside the server: a process of its own. One that already runs for this directory is used; otherwise it is
 * spawned, ends with us (its standard input is our pipe), and is spawned again when it dies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import path from 'node:path';
import type { KeyTypeSettings } from '@ishizue/jpki';
import { SignerClient, type SignerResult } from '@ishizue/signer';
import { signerEnvironment, signerProgramPath } from '@ishizue/signer-app';
import type { SignerFiles } from './data-directory.ts';
import { StartRefused } from './start-refused.ts';

export interface RunningSigner {
  readonly client: SignerClient;
  /** The signer's process id where it is ours. */
  pid(): number | undefined;
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const RESTART_PAUSE_MS = 500;
const PROBE_MS = 150;
const STOP_MS_MAX = 6_000;
// one end may be that of a killed server's signer still letting go of its files; these are a reason in its log
const ENDS_MAX = 4;

export async function startSignerProcess(
  files: SignerFiles,
  keyTypes: KeyTypeSettings,
): Promise<RunningSigner> {
  const found = await SignerClient.connect(files.socket, { connectMsMax: PROBE_MS });
  if (found.ok) return { client: found.value, pid: () => undefined, close: () => found.value.close() };
  const keeper = new SignerKeeper(files, keyTypes);
  keeper.spawn();
  const connected = await connectTo(files.socket, keeper);
  if (!connected.ok) {
    await keeper.stop();
    throw new StartRefused('signer-not-started', `${connected.failure.code}; see ${keeper.log}`);
  }
  const client = connected.value;
  return {
    client,
    pid: () => keeper.pid,
    close: async () => {
      await client.close();
      await keeper.stop();
    },
  };
}

/** Connects to a signer that is starting, or gives up: when it takes too long, or ends again and again. */
async function connectTo(socket: string, keeper: SignerKeeper): Promise<SignerResult<SignerClient>> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const connected = await SignerClient.connect(socket, { connectMsMax: RESTART_PAUSE_MS });
    if (connected.ok || keeper.ends >= ENDS_MAX || performance.now() > deadline) return connected;
  }
}

class SignerKeeper {
  readonly log: string;
  /** How often it has ended by itself. */
  ends = 0;
  readonly #files: SignerFiles;
  readonly #keyTypes: KeyTypeSettings;
  #child: ChildProcess | undefined;
  #stopping = false;

  constructor(files: SignerFiles, keyTypes: KeyTypeSettings) {
    this.#files = files;
    this.#keyTypes = keyTypes;
    this.log = path.join(path.dirname(files.keyStore), 'signer.log');
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  spawn(): void {
    const log = openSync(this.log, 'a', 0o600);
    const settings = {
      socketPath: this.#files.socket,
      keyStorePath: this.#files.keyStore,
      statePath: this.#files.state,
      passphraseFile: this.#files.passphrase,
      keyTypes: this.#keyTypes,
      exitWithParent: true,
    };
    this.#child = spawn(process.execPath, [signerProgramPath], {
      // of the environment only what it reads: it has no business with the rest
      env: signerEnvironment(settings),
      stdio: ['pipe', log, log],
      detached: true,
    });
    this.#child.on('error', () => undefined);
    this.#child.on('exit', () => {
      this.ends += 1;
      if (!this.#stopping) setTimeout(() => !this.#stopping && this.spawn(), RESTART_PAUSE_MS).unref();
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdin?.end();
    child.kill('SIGTERM');
    // cleared when it has ended: a timer that is left would keep us as long
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await exited;
    clearTimeout(kill);
  }
}
