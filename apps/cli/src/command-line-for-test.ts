/**
 * The command line over a data directory, as a test calls it. The first call of each verb is a process of its own, as
 * people start it: that it ends by itself, and with which code. Further ones, and what only prepares, share a process: to
 * load the program takes as long as most verbs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type Ended, startVerb, verbEnvironment } from './started-for-test.ts';

const WARM_PROGRAM = path.join(import.meta.dirname, 'warm-verbs-process.ts');
/** With its exit code, at the end of a verb on either output. */
const END = /␄(\d+)\n$/;
/** They are processes of their own in the tests of operators and of the tiers. */
const PREPARING = new Set(['operator', 'generate', 'import']);

interface Test {
  after(work: () => void): void;
}

/** `say` says a verb as it is; `run` with `--json`, and answers the exit code and what was told last. */
export function commandLine(t: Test, data: string) {
  const called = new Set<string>();
  const shared = new SharedProcess(t, data);
  const say = (...verb: readonly string[]): Promise<Ended> => {
    const [name = ''] = verb;
    if (PREPARING.has(name) || called.has(name)) return shared.say(verb);
    called.add(name);
    return startVerb(t, data, verb).ended;
  };
  const run = async (...verb: readonly string[]) => {
    const { code, stdout } = await say(...verb, '--json');
    return { code, told: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') };
  };
  return { say, run };
}

class SharedProcess {
  readonly #start: () => ChildProcess;
  #child: ChildProcess | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(t: Test, data: string) {
    this.#start = () => {
      const child = spawn(process.execPath, [WARM_PROGRAM], { env: verbEnvironment(data) });
      child.stdout.setEncoding('utf8');
      child.stderr.setEncoding('utf8');
      t.after(() => child.kill('SIGKILL'));
      return child;
    };
  }

  /** One after another. */
  say(verb: readonly string[]): Promise<Ended> {
    const ended = this.#turn.then(() => this.#say(verb));
    this.#turn = ended.catch(() => undefined);
    return ended;
  }

  async #say(verb: readonly string[]): Promise<Ended> {
    this.#child ??= this.#start();
    const { stdin, stdout, stderr } = this.#child;
    if (!stdin || !stdout || !stderr) throw new Error('a process without its outputs');
    const said = Promise.all([untilEnd(stdout), untilEnd(stderr)]);
    stdin.write(`${JSON.stringify(verb)}\n`);
    const [out, trouble] = await said;
    // a verb that ends its process has said nothing of its end
    if (out.code === undefined && this.#child.exitCode === null) await once(this.#child, 'exit');
    const code = out.code ?? this.#child.exitCode;
    if (out.code === undefined) this.#child = undefined;
    return { code, stdout: out.text, stderr: trouble.text };
  }
}

interface Output {
  readonly text: string;
  /** As it was told; absent where the process ended. */
  readonly code?: number;
}

/** What an output says until it tells of an end, or is one. */
function untilEnd(stream: NodeJS.ReadableStream): Promise<Output> {
  let text = '';
  return new Promise((resolve) => {
    const done = (output: Output): void => {
      stream.off('data', hear).off('end', close);
      resolve(output);
    };
    const close = (): void => done({ text });
    const hear = (chunk: string): void => {
      text += chunk;
      const [all = '', code] = END.exec(text) ?? [];
      if (code !== undefined) done({ text: text.slice(0, -all.length), code: Number(code) });
    };
    stream.on('data', hear).on('end', close);
  });
}
