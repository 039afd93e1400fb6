/** The process in which one target is fuzzed: its order on the command line, its report over IPC. */
import { BlackBox } from './black-box.ts';
import { Draws } from './draws.ts';
import { FuzzLoop } from './fuzz-loop.ts';
import { readCorpus } from './regressions.ts';
import { targetNamed } from './targets.ts';

export interface ProcessOrder {
  readonly name: string;
  readonly inputs: number;
  readonly seed: string;
  readonly isGuided: boolean;
  readonly inputMs_max: number;
  readonly rssMiB_max: number;
  readonly runMs_max: number;
  /** Where the flight recorder writes. */
  readonly blackBox: string;
}

async function run(order: ProcessOrder): Promise<void> {
  const target = await targetNamed(order.name)();
  const blackBox = new BlackBox(order.blackBox, target.bytesMax);
  const loop = new FuzzLoop({
    ...order,
    target,
    blackBox,
    corpus: readCorpus(order.name),
    draws: new Draws(`${order.seed} ${order.name}`),
  });
  const report = await loop.run();
  blackBox.close();
  await target.close?.();
  const findings = report.findings.map(({ kind, detail, input }) => ({
    kind,
    detail,
    input: Buffer.from(input).toString('base64'),
  }));
  process.send?.({ ...report, findings });
  process.disconnect?.();
}

await run(JSON.parse(process.argv[2] ?? '{}') as ProcessOrder);
