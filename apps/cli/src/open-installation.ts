/** Opens the installation of the data directory for a verb, and closes it whatever happens. */
import { demonstrationCountry } from '@ishizue/demo';
import { type Country, chooseMunicipalities, openCountry, readConfiguration } from '@ishizue/server';

/** Runs `work` over the installation: beside a running server, or with everything started for it. */
export async function withInstallation<T>(work: (country: Country) => Promise<T>): Promise<T> {
  const configuration = readConfiguration(process.env);
  const municipalities = chooseMunicipalities(
    configuration.dataDirectory,
    demonstrationCountry.map((municipality) => municipality.code),
  );
  const country = await openCountry({
    configuration,
    municipalities,
    progress: (step) => process.stderr.write(`${step}…\n`),
    onTrouble: ({ code, detail }) => process.stderr.write(`! ${code}: ${detail}\n`),
  });
  try {
    return await work(country);
  } finally {
    await country.close();
  }
}
