/** Mounts the page over a served country: its sites and links as they are now, and a life that visitors play. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openSoftwareCard } from '@ishizue/card';
import { type Bilingual, CountryClient, Life, type OperatorSignIns } from '@ishizue/demo';
import type { HttpServer } from '@ishizue/http';
import { linkStates } from '@ishizue/link';
import {
  type Artefact,
  type CountryView,
  type LifeArtefacts,
  portalRoutes,
  type SiteKind,
} from '@ishizue/portal';
import { listAlarms, NATIONAL_SITE } from '@ishizue/registry';
import type { Country } from '@ishizue/server';

export function mountPages(
  server: HttpServer,
  country: Country,
  operators: OperatorSignIns,
  origin: () => string,
): void {
  const folder = path.join(country.directory.root, 'life');
  const life = new Life({
    client: new CountryClient({ origin, operators }),
    folder,
    openCard: (cardId) => openSoftwareCard(country.directory.cards, cardId),
    now: () => country.clock.now(),
  });
  const startedAt = new Date(country.clock.now());
  const portal = portalRoutes({
    clock: country.clock,
    country: () => viewOf(country, startedAt),
    life,
    artefacts: artefactsIn(folder),
  });
  server.mount({ prefix: '', site: NATIONAL_SITE, ...portal });
}

const ALARMS_SHOWN = 50;

async function viewOf(country: Country, startedAt: Date): Promise<CountryView> {
  const states = await linkStates(country.database.pool('link'));
  const alarms = await listAlarms(country.systems.registry, { limit: ALARMS_SHOWN });
  return {
    startedAt,
    sites: country.sites.map(({ site, name }) => {
      const kind = kindOf(site);
      const nameEn = englishNameOf(country, site);
      return { site, name, kind, ...(nameEn !== undefined && { nameEn }) };
    }),
    alarms: alarms.map(({ acknowledgedAt, ...alarm }) => ({
      ...alarm,
      isAcknowledged: acknowledgedAt !== null,
    })),
    links: states.map((state) => ({ ...state, oldestSeconds: state.oldest_s })),
  };
}

function kindOf(site: string): SiteKind {
  if (site.startsWith('municipal/')) return 'municipal';
  return site.startsWith('prefectural/') ? 'prefectural' : 'national';
}

function englishNameOf({ places }: Country, site: string): string | undefined {
  if (site === NATIONAL_SITE) return 'National centre';
  const [, code = ''] = site.split('/');
  const place = code.length === 6 ? places.findMunicipality(code) : places.findPrefecture(code);
  return place?.romaji;
}

/** The files of the steps that a visitor may take home, by name. */
const ARTEFACTS: Readonly<Record<string, { readonly step: number; readonly title: Bilingual }>> = {
  'register.csv': { step: 2, title: { ja: '住民記録のファイル', en: 'The register file' } },
  'authentication.pem': {
    step: 6,
    title: { ja: '利用者証明用電子証明書', en: 'The authentication certificate' },
  },
  'authentication-ca.pem': { step: 6, title: { ja: '利用者証明用認証局の証明書', en: 'Its authority' } },
  'authentication.crl.pem': { step: 6, title: { ja: '利用者証明用の失効リスト', en: 'Its CRL' } },
  'signature.pem': { step: 6, title: { ja: '署名用電子証明書', en: 'The signature certificate' } },
  'signature-ca.pem': { step: 6, title: { ja: '署名用認証局の証明書', en: 'Its authority' } },
  'signature.crl.pem': { step: 8, title: { ja: '署名用の失効リスト', en: 'Its CRL' } },
  'signature.after.ocsp.der': {
    step: 8,
    title: { ja: '失効を告げるOCSP応答', en: 'The OCSP answer that tells the revocation' },
  },
  'resident-record.pdf': { step: 9, title: { ja: '住民票の写し', en: 'The copy of the resident record' } },
};

function artefactsIn(folder: string): LifeArtefacts {
  return {
    list: async () => {
      const names = await readdir(folder).catch((): string[] => []);
      return names.flatMap((name): Artefact[] => {
        const known = ARTEFACTS[name];
        return known ? [{ name, ...known }] : [];
      });
    },
    find: async (name) =>
      Object.hasOwn(ARTEFACTS, name) ? readFile(path.join(folder, name)).catch(() => undefined) : undefined,
  };
}
