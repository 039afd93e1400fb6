/** Programs that we did not write, run over the artefacts as a second opinion. */
import { spawn } from 'node:child_process';

export type ProgramRun =
  | { readonly program: string; readonly outcome: 'missing' }
  | { readonly program: string; readonly outcome: 'ran'; readonly exitCode: number; readonly output: string };

const OUTPUT_CHARACTERS_MAX = 1_000_000;
const TIMEOUT_MS = 30_000;

/** Runs a program in a folder; standard output and error together, bounded in time and size. */
export function runProgram(
  program: string,
  arguments_: readonly string[],
  folder: string,
): Promise<ProgramRun> {
  return new Promise((resolve) => {
    const child = spawn(program, arguments_, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      if (output.length < OUTPUT_CHARACTERS_MAX) output += chunk.toString('utf8');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', () => resolve({ program, outcome: 'missing' }));
    child.on('close', (code) => resolve({ program, outcome: 'ran', exitCode: code ?? 1, output }));
  });
}
