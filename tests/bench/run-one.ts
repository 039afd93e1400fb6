/**
 * The process of one benchmark: `node run-one.ts NAME FOLDER OPTIONS`. Its memory is that benchmark's alone. Figures go to the
 * process that supervises it, steps to standard error.
 */
import type { BenchmarkOptions } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';

const [name = '', folder = '', options = '{}'] = process.argv.slice(2);
const listed = benchmarks.get(name);
if (!listed) throw new Error(`no benchmark ${name}`);
const { benchmark } = await listed.load();
const figures = await benchmark({
  folder,
  options: JSON.parse(options) as BenchmarkOptions,
  say: (step) => process.stderr.write(`${name}: ${step}\n`),
});
await new Promise((resolve) => {
  if (!process.send) throw new Error('nobody supervises this benchmark');
  process.send(figures, resolve);
});
process.disconnect();
