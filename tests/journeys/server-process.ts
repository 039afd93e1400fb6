/** A country served by a process of its own, as `npm start` does, to be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { openSoftwareCard } from '@ishizue/card';
import { CountryClient, Life, type OperatorSignIns } from '@ishizue/demo';

const PROGRAM = path.resolve(import.meta.dirname, '../../apps/cli/src/main.ts');
const START_TIMEOUT_MS = 120_000;

/** Only with the demonstration there are residents, and operators who can play a life. */
type Demonstration = 'on' | 'off';

export class ServerProcess {
  readonly data: string;
  readonly origin: string;
  readonly #port: number;
  readonly #demonstration: Demonstration;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(data: string, port: number, demonstration: Demonstration) {
    this.data = data;
    this.#demonstration = demonstration;
    this.#port = port;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** A country of these municipalities in a new directory; nothing is started yet. */
  static async prepare(
    data: string,
    municipalities: readonly string[],
    demonstration: Demonstration,
  ): Promise<ServerProcess> {
    mkdirSync(data, { recursive: true });
    writeFileSync(path.join(data, 'country.json'), JSON.stringify({ municipalities }));
    return new ServerProcess(data, await freePort(), demonstration);
  }

  /** Starts the server and waits until it says that it is up. */
  async start(): Promise<void> {
    const child = this.#spawn();
    const began = performance.now();
    while (!this.#output.includes('is up')) {
      if (child.exitCode !== null || performance.now() - began > START_TIMEOUT_MS)
        throw new Error(`the server did not come up:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Starts the server and kills it after a while, wherever it is then. */
  async startAndKill(after_ms: number): Promise<void> {
    this.#spawn();
    await new Promise((resolve) => setTimeout(resolve, after_ms));
    await this.#end('SIGKILL');
  }

  #spawn(): ChildProcess {
    this.#output = '';
    const child = spawn(process.execPath, [PROGRAM, 'start'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ISHIZUE_DATA: this.data,
        ISHIZUE_PORT: String(this.#port),
        ISHIZUE_DEMONSTRATION: this.#demonstration,
      },
    });
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString('utf8')).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    return child;
  }

  /** kill -9 of the server alone: PostgreSQL stays and is adopted by the next start. */
  async killServer(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** kill -9 of PostgreSQL alone: the server starts it again. */
  killPostgres(): void {
    const pidFile = path.join(this.data, 'postgres/data/postmaster.pid');
    process.kill(Number.parseInt(readFileSync(pidFile, 'utf8'), 10), 'SIGKILL');
  }

  /** Ctrl-C. Answers the exit code. */
  async stop(): Promise<number | null> {
    await this.#end('SIGINT');
    return this.#child?.exitCode ?? null;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** What the server printed last and whether it still runs: for the message of a test that failed. */
  state(): string {
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    return `exit code ${exitCode}, signal ${signalCode}, printed:\n${this.#output}`;
  }

  /** The life over this server, kept in a folder of the data directory. */
  life(): Life {
    const operators = JSON.parse(
      readFileSync(path.join(this.data, 'operators.json'), 'utf8'),
    ) as OperatorSignIns;
    return new Life({
      client: new CountryClient({ origin: () => this.origin, operators }),
      folder: path.join(this.data, 'life'),
      openCard: (cardId) => openSoftwareCard(path.join(this.data, 'cards'), cardId),
      now: () => Date.now(),
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
