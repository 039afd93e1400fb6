/** `ishizue start` (`npm start`): brings the country up, loads the demonstration the first time, and serves until Ctrl-C. */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { demonstrationCountry } from '@ishizue/demo';
import {
  type Country,
  chooseMunicipalities,
  loadDemonstration,
  openCountry,
  openDemonstrationOperators,
  readConfiguration,
  serve,
} from '@ishizue/server';
import { defineCommand } from 'citty';
import { mountPages } from '../mount-pages.ts';
import { ProgressLine } from '../report.ts';
import { VERSION } from '../version.ts';

export const start = defineCommand({
  meta: {
    name: 'start',
    description:
      'Bring the country up and serve it. Settings: ISHIZUE_DATA, ISHIZUE_PORT, ISHIZUE_HOST, ISHIZUE_ORIGIN, DATABASE_URL, ISHIZUE_KIOSK_HOURS=statutory, ISHIZUE_DEMONSTRATION=off',
  },
  run: async () => {
    const configuration = readConfiguration(process.env);
    const began = performance.now();
    const line = new ProgressLine();
    process.stderr.write('礎 Ishizue\n');
    const country = await openCountry({
      configuration,
      municipalities: chooseMunicipalities(
        configuration.dataDirectory,
        demonstrationCountry.map((municipality) => municipality.code),
      ),
      progress: (step) => process.stderr.write(`  ${step}…\n`),
    });
    if (!country.isOwner) {
      await country.close();
      process.stderr.write(`✗ already-running: another process serves ${configuration.dataDirectory}\n`);
      process.exitCode = 1;
      return;
    }
    const people = configuration.loadsDemonstration
      ? await loadDemonstration(country, ({ municipality, rows, of }) =>
          line.show(`  Loading ${municipality}: ${rows} of ${of}`),
        )
      : 0;
    if (people > 0) line.end(`  Loaded ${people} demonstration residents through all tiers`);
    const operators = await openDemonstrationOperators(country);
    const { host, port } = configuration;
    const served = await serve(country, {
      host,
      port,
      version: VERSION,
      logTo: createWriteStream(path.join(country.directory.root, 'server.log'), { flags: 'a', mode: 0o600 }),
      mountMore: (server, origin) => mountPages(server, country, operators, origin),
    });
    welcome(served.origin, country, Math.round(performance.now() - began));
    await untilAsked();
    process.stderr.write('\nStopping…\n');
    await served.close();
    await country.close();
  },
});

function welcome(origin: string, country: Country, took_ms: number): void {
  const places = country.municipalities.map((code) => country.places.fullName(code)).join('、');
  process.stdout.write(`
礎 Ishizue is up (${(took_ms / 1000).toFixed(1)} s): ${country.sites.length} sites — ${places}

  ${origin}/               the country: sites, links, and the life step by step
  ${origin}/openapi.json   the API (OpenAPI 3.1)
  ${origin}/healthz        health      ${origin}/metrics   metrics

  Try:  npm run life                     one life through everything, checked
        npx ishizue links --all          what the duty officer reads
        npx ishizue --help               all verbs
        ${country.directory.root}/operators.json   sign-in of the demonstration's operators
        ${country.directory.root}/server.log       the log

  Ctrl-C stops it. The data stay in ${country.directory.root}.
`);
}

/** Resolves at the first Ctrl-C or TERM; further ones do not cut the stopping short. */
function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
