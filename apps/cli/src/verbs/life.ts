/**
 * `ishizue life` (`npm run life`): one life through everything, on a fresh country, each step checked. Artefacts go to
 * out/life. Exits 1 where any check failed.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSoftwareCard } from '@ishizue/card';
import { type Check, CountryClient, Life, type PlayedStep } from '@ishizue/demo';
import {
  type Country,
  openCountry,
  openDemonstrationOperators,
  readConfiguration,
  type ServedCountry,
  serve,
  unlessAborted,
} from '@ishizue/server';
import { defineCommand } from 'citty';
import { interruption } from '../interruption.ts';
import { EXIT_FAILED } from '../report.ts';
import { tellingFailures } from '../told-failures.ts';
import { VERSION } from '../version.ts';

/** Two municipalities of two prefectures: enough for links to matter. */
const MUNICIPALITIES = ['132217', '142042'];

export const life = defineCommand({
  meta: {
    name: 'life',
    description:
      'Play one life through the house on a fresh country and check every step; artefacts go to out/life',
  },
  args: {
    out: { type: 'string', description: 'where artefacts go', default: 'out/life' },
    json: { type: 'boolean', description: 'print steps as JSON; the last line counts them', default: false },
  },
  run: async ({ args }) => {
    const signal = interruption();
    const folder = path.resolve(args.out);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const data = mkdtempSync(path.join(tmpdir(), 'ishizue-life-'));
    chmodSync(data, 0o755); // PostgreSQL's own user passes through; what is secret inside is closed itself
    try {
      await tellingFailures(args.json, async () => {
        const failed = await playOn(data, folder, { json: args.json, signal });
        if (failed > 0) process.exitCode = EXIT_FAILED;
      });
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  },
});

interface Manner {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

async function playOn(data: string, folder: string, { json, signal }: Manner): Promise<number> {
  await using opened = new AsyncDisposableStack();
  const configuration = readConfiguration({ ...process.env, ISHIZUE_DATA: data, ISHIZUE_PORT: '0' });
  const country = await openCountry({
    configuration,
    municipalities: MUNICIPALITIES,
    signal,
    progress: (step) => process.stderr.write(`  ${step}…\n`),
    onTrouble: ({ code, detail }) => process.stderr.write(`  ! ${code}: ${detail}\n`),
  });
  opened.defer(() => country.close());
  const logTo = { write: () => undefined };
  const served = await serve(country, { host: '127.0.0.1', port: 0, version: VERSION, logTo });
  opened.defer(() => served.close());
  return await unlessAborted(signal, play(country, served, folder, json));
}

async function play(country: Country, served: ServedCountry, folder: string, json: boolean): Promise<number> {
  const operators = await openDemonstrationOperators(country);
  const story = new Life({
    client: new CountryClient({ origin: () => served.origin, operators }),
    folder,
    openCard: (cardId) => openSoftwareCard(country.directory.cards, cardId),
    now: () => country.clock.now(),
  });
  if (!json) process.stdout.write('\n礎  One life through the house\n');
  let failed = 0;
  let skipped = 0;
  for (const { number, title } of story.steps) {
    const outcome = await story.playNext();
    if (!outcome.ok) {
      failed += 1;
      const { code, detail } = outcome.failure;
      process.stdout.write(
        json
          ? `${JSON.stringify({ step: number, failure: { code, detail } })}\n`
          : `\n${number}. ${title.en}  ✗ ${code}: ${detail}\n`,
      );
      break;
    }
    failed += count(outcome.value, 'failed');
    skipped += count(outcome.value, 'skipped');
    process.stdout.write(json ? `${JSON.stringify(outcome.value)}\n` : tell(outcome.value, title));
  }
  const steps = story.played().length;
  const summary = `\n${steps} of ${story.steps.length} steps, ${failed} checks failed, ${skipped} skipped. Artefacts: ${folder}\n`;
  process.stdout.write(json ? `${JSON.stringify({ steps, failed, skipped })}\n` : summary);
  return failed;
}

const count = (step: PlayedStep, outcome: Check['outcome']): number =>
  step.checks.filter((check) => check.outcome === outcome).length;

const MARKS: Readonly<Record<Check['outcome'], string>> = { ok: '✓', failed: '✗', skipped: '–' };

function tell(step: PlayedStep, title: { readonly ja: string; readonly en: string }): string {
  const lines = step.checks.map((check) => {
    const by = check.by === 'ishizue' ? '' : `  [${check.by}]`;
    const detail = check.detail === undefined ? '' : ` (${check.detail})`;
    return `     ${MARKS[check.outcome]} ${check.what.en}${by}${detail}`;
  });
  return `\n${String(step.number).padStart(2)}. ${title.en} ${title.ja}  — ${step.what.en}  ${(step.took_ms / 1000).toFixed(1)} s\n${lines.join('\n')}\n`;
}
