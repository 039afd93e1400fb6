/** `ishizue start` (`npm start`): brings the country up, loads the demonstration the first time, and serves until Ctrl-C. */
import { once } from 'node:events';
import path from 'node:path';
import { demonstrationCountry } from '@ishizue/demo';
import { createLog } from '@ishizue/http';
import {
  type Configuration,
  type Country,
  chooseMunicipalities,
  closeDemonstrationOperators,
  type DemonstrationOperators,
  LogFile,
  loadDemonstration,
  loadDemonstrationEntries,
  openCountry,
  openDemonstrationOperators,
  readConfiguration,
  serve,
} from '@ishizue/server';
import { defineCommand } from 'citty';
import { interruption } from '../interruption.ts';
import { mountPages } from '../mount-pages.ts';
import { ProgressLine } from '../report.ts';
import { tellingFailures } from '../told-failures.ts';
import { VERSION } from '../version.ts';

export const start = defineCommand({
  meta: {
    name: 'start',
    description:
      'Bring the country up and serve it. Settings: ISHIZUE_DATA, ISHIZUE_PORT, ISHIZUE_HOST, ISHIZUE_ORIGIN, ISHIZUE_TRUSTED_PROXIES, DATABASE_URL, ISHIZUE_KIOSK_HOURS=statutory, ISHIZUE_DEMONSTRATION=off',
  },
  run: async () => {
    const signal = interruption();
    await tellingFailures(false, async () => {
      const configuration = readConfiguration(process.env);
      process.stderr.write('礎 Ishizue\n');
      await serveUntil(signal, configuration);
    });
  },
});

/** Opens everything, serves until the signal, and closes in reverse order, however far it came. */
async function serveUntil(signal: AbortSignal, configuration: Configuration): Promise<void> {
  const began = performance.now();
  await using opened = new AsyncDisposableStack();
  const logFile = new LogFile(path.join(configuration.dataDirectory, 'server.log'));
  opened.defer(() => logFile.close());
  const log = createLog({ service: 'ishizue', destination: logFile });
  const country = await openCountry({
    configuration,
    municipalities: chooseMunicipalities(
      configuration.dataDirectory,
      demonstrationCountry.map((municipality) => municipality.code),
    ),
    mustOwn: true,
    signal,
    progress: (step) => process.stderr.write(`  ${step}…\n`),
    onTrouble: ({ code, ...fields }) => log.warn(code, fields),
  });
  opened.defer(() => country.close());
  const operators = configuration.isDemonstration
    ? await openDemonstration(country, signal)
    : await closeDemonstration(country);
  signal.throwIfAborted();
  const { host, port } = configuration;
  const served = await serve(country, {
    host,
    port,
    version: VERSION,
    logTo: logFile,
    mountMore: (server, origin) => operators && mountPages(server, country, operators, origin),
  });
  opened.defer(() => served.close());
  process.stdout.write(welcome(served.origin, country, Math.round(performance.now() - began)));
  if (!signal.aborted) await once(signal, 'abort');
  process.stderr.write('\nStopping…\n');
}

async function openDemonstration(country: Country, signal: AbortSignal): Promise<DemonstrationOperators> {
  const line = new ProgressLine();
  const people = await loadDemonstration(
    country,
    ({ municipality, rows, of }) => line.show(`  Loading ${municipality}: ${rows} of ${of}`),
    signal,
  );
  if (people > 0) line.end(`  Loaded ${people} demonstration residents through all tiers`);
  const entries = await loadDemonstrationEntries(
    country,
    (municipality, loaded) => line.show(`  Loading entries of ${municipality}: ${loaded}`),
    signal,
  );
  if (entries.loaded > 0)
    line.end(
      `  Loaded ${entries.loaded} entries of supplementary family registers, ${entries.rejected} rejected`,
    );
  return openDemonstrationOperators(country);
}

async function closeDemonstration(country: Country): Promise<undefined> {
  const closed = await closeDemonstrationOperators(country);
  if (closed > 0) process.stderr.write(`  Closed the ${closed} operators of an earlier demonstration\n`);
}

function welcome(origin: string, country: Country, took_ms: number): string {
  const places = country.municipalities.map((code) => country.places.fullName(code)).join('、');
  const { root } = country.directory;
  const { isDemonstration } = country.configuration;
  const page = `
  ${origin}/               the country: sites, links, and the life step by step
  ${origin}/national/desk  the officers' desk: sign in with an id and secret of operators.json`;
  const signIn = isDemonstration
    ? `${root}/operators.json   sign-in of the demonstration's operators`
    : `npx ishizue operator add --help    who may sign in, at ${origin}/SITE/desk`;
  return `
礎 Ishizue is up (${(took_ms / 1000).toFixed(1)} s): ${country.sites.length} sites — ${places}
${isDemonstration ? page : ''}
  ${origin}/openapi.json   the API (OpenAPI 3.1)
  ${origin}/healthz        health      ${origin}/metrics   metrics

  Try:  npm run life                     one life through everything, checked
        npx ishizue links --all          what the duty officer reads
        npx ishizue --help               all verbs
        ${signIn}
        ${root}/server.log       the log

  Ctrl-C stops it. The data stay in ${root}.
`;
}
