/** Opens the installation of the data directory for a verb, and closes it whatever happens. */
import { demonstrationCountry } from '@ishizue/demo';
import {
  type Country,
  chooseMunicipalities,
  openCountry,
  readConfiguration,
  unlessAborted,
} from '@ishizue/server';
import { interruption } from './interruption.ts';
import { tellingFailures } from './told-failures.ts';

/** Runs `work` over the installation: beside a running server, or with everything started for it. */
export async function withInstallation(
  json: boolean,
  work: (country: Country) => Promise<void>,
): Promise<void> {
  const signal = interruption();
  await tellingFailures(json, async () => {
    const configuration = readConfiguration(process.env);
    const municipalities = chooseMunicipalities(
      configuration.dataDirectory,
      demonstrationCountry.map((municipality) => municipality.code),
    );
    await using opened = new AsyncDisposableStack();
    const country = await openCountry({
      configuration,
      municipalities,
      signal,
      progress: (step) => process.stderr.write(`${step}…\n`),
      onTrouble: ({ code, detail }) => process.stderr.write(`! ${code}: ${detail}\n`),
    });
    opened.defer(() => country.close());
    await unlessAborted(signal, work(country));
  });
}
