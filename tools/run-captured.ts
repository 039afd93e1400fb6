/** Runs a program and keeps what it says, bounded in time. */
import { spawn } from 'node:child_process';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

export interface Captured {
  /** Standard output and standard error as they came. */
  readonly said: string;
  /** undefined where it could not be started, was killed or ran out of time. */
  readonly code: number | undefined;
  readonly took_ms: number;
}

export interface RunOptions {
  readonly limit_ms: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

export function runCaptured(command: readonly string[], options: RunOptions): Promise<Captured> {
  const [program = '', ...arguments_] = command;
  const began = performance.now();
  return new Promise((resolve) => {
    let said = '';
    const child = spawn(program, arguments_, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      timeout: options.limit_ms,
      ...(options.signal && { signal: options.signal }),
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const end = (code: number | undefined): void =>
      resolve({ said, code, took_ms: performance.now() - began });
    child.on('error', (error) => {
      said += `${program}: ${error.message}\n`;
      end(undefined);
    });
    child.on('close', (code, signal) => {
      if (signal !== null) said += `${program} was ended by ${signal}\n`;
      end(code ?? undefined);
    });
  });
}

/** `1234` → `1.2 s` */
export const seconds = (took_ms: number): string => `${(took_ms / 1000).toFixed(1)} s`;
