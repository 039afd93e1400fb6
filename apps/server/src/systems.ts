/** The systems of the house over their ground: each gets its context here, and says what it receives over links. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { softwareWorkshop } from '@ishizue/card';
import type { CardApplicationsContext } from '@ishizue/card-applications';
import {
  type CardLife,
  type CardPress,
  type CardsContext,
  type CardWorkshop,
  cardsTopics,
  type DeliveryDesk,
  type ExpiryDesk,
  jpkiCertification,
  type LetterDesk,
  type MailDesk,
  openApplicationDesk,
  type PinResets,
  photoOfApplication,
  suspendCard,
} from '@ishizue/cards';
import {
  type CertificatesContext,
  certificatesTopics,
  hasSupportStop,
  openPress,
} from '@ishizue/certificates';
import { guardMachineClock, systemClock, UNGUARDED } from '@ishizue/clock';
import { type HelpDeskContext, loadBundledFaq, type NoticeDesk } from '@ishizue/help-desk';
import {
  authenticateHolder,
  datedLast,
  findExpiringHolders,
  findIssuer,
  type JpkiContext,
  jpkiContext,
  jpkiTopics,
  ListFiles,
  performCeremony,
  readKeyTypes,
  testProfile,
  verifierDesk,
} from '@ishizue/jpki';
import type { Handler } from '@ishizue/link';
import type { LocalContext } from '@ishizue/local-authentication';
import {
  type NumberingCentre,
  type NumberingContext,
  numberingTopics,
  sealOldNumbers,
} from '@ishizue/numbering';
import { mustSucceed } from '@ishizue/outcome';
import { type OverseasContext, overseasTopics, recordChangeLinksOf } from '@ishizue/overseas';
import { PhotoDesk } from '@ishizue/photo';
import type { CaseDesk } from '@ishizue/procedure';
import {
  type CodeNoticeDesk,
  fillSearchKeys,
  findAddressees,
  findPersons,
  type MovesContext,
  moveTopics,
  municipalSite,
  NATIONAL_SITE,
  numberStandings,
  planComparisons,
  type RegistryContext,
  registryTopics,
  sealClearNumbers,
} from '@ishizue/registry';
import type { SignInContext } from '@ishizue/sign-in';
import { openApplicationKeys, openCardApplications } from './card-applications.ts';
import { openCardLife } from './card-life.ts';
import { openCardPress } from './card-press.ts';
import { writeDurably } from './data-directory.ts';
import { type DisclosureDesks, openDisclosures } from './disclosures.ts';
import type { Ground } from './ground.ts';
import { kioskAuthentication } from './kiosk-authentication.ts';
import { mayorOf } from './mayors.ts';
import { noticeFilesIn } from './notice-files.ts';
import { openNumberCipher, openNumberVault } from './number-keys.ts';
import { openSignIn } from './open-sign-in.ts';
import { faceMatcher, openUnblockKeys } from './pin-resets.ts';
import { CHANGE_SUBSCRIBERS } from './sites.ts';

/** A system that receives messages. */
export interface Receiving {
  readonly system: string;
  readonly topics: Readonly<Record<string, Handler>>;
}

export interface Systems {
  readonly registry: RegistryContext;
  readonly codeNotices: CodeNoticeDesk;
  readonly disclosures: DisclosureDesks;
  readonly moves: MovesContext;
  readonly numbering: NumberingCentre;
  readonly overseas: OverseasContext;
  readonly jpki: JpkiContext;
  readonly signIn: SignInContext;
  readonly localAuthentication: LocalContext;
  readonly cards: CardsContext;
  readonly cardApplications: CardApplicationsContext;
  readonly cardLife: CardLife;
  readonly applicationDesk: CaseDesk;
  readonly expiryNotices: ExpiryDesk;
  readonly deliveryNotices: DeliveryDesk;
  readonly formLetters: LetterDesk;
  readonly noticeLetters: LetterDesk;
  readonly noticeMails: MailDesk;
  readonly pinResets: PinResets;
  readonly certificates: CertificatesContext;
  readonly helpDesk: HelpDeskContext;
  readonly suspensionNotices: NoticeDesk;
  /** Where cards are made; they leave it to their holders. */
  readonly workshop: CardWorkshop;
  readonly receiving: readonly Receiving[];
}

/** Opens the systems; the first time this performs the key ceremony and keeps its transcript. */
export async function openSystems(ground: Ground, municipalities: readonly string[]): Promise<Systems> {
  const registry = await openRegistry(ground, municipalities);
  await fillSearchKeys(registry); // persons who were there before the keys; otherwise nothing
  await planComparisons(registry, municipalities);
  const numbering = await openNumbering(ground, registry);
  const overseas = openOverseas(ground, municipalities);
  const jpki = await openJpki(ground, registry);
  const signIn = await openSignIn(ground, registry, jpki);
  const certificates = await openCertificates(ground, registry, jpki, municipalities);
  const { typeface } = certificates.press;
  const press = await openCardPress(ground.signer, registry.numbers, typeface, ground.database.pool('cards'));
  const cards = openCards(ground, registry, jpki, press);
  const unblockKeyOf = await openUnblockKeys(ground.signer);
  const applicationKeys = await openApplicationKeys(ground.signer);
  const moves = openMoves(registry, certificates);
  const helpDesk = await openHelpDesk(ground, registry, cards);
  const disclosures = await openDisclosures(ground, registry, typeface, municipalities);
  const lettersIn = (folder: string): LetterDesk => ({
    cards,
    typeface,
    files: noticeFilesIn(folder),
    findAddressees: (access, codes) => findAddressees(registry, access, codes),
  });
  return {
    registry,
    codeNotices: {
      registry,
      typeface,
      files: noticeFilesIn(ground.directory.codeNotices),
    },
    disclosures,
    moves,
    numbering: {
      ...numbering,
      wake: ground.wake,
      typeface,
      files: noticeFilesIn(ground.directory.numberNotices),
      findPersons: (looks) => findPersons(registry, looks),
    },
    overseas,
    jpki,
    signIn,
    localAuthentication: openLocalAuthentication(ground, jpki),
    cards,
    applicationDesk: await openApplicationDesk(cards, new PhotoDesk()),
    cardApplications: openCardApplications(ground, applicationKeys, jpki, cards),
    deliveryNotices: lettersIn(ground.directory.deliveryNotices),
    formLetters: lettersIn(ground.directory.applicationForms),
    noticeLetters: lettersIn(ground.directory.procedureNotices),
    noticeMails: {
      cards,
      files: noticeFilesIn(ground.directory.mailOutbox),
      publicOrigin: ground.configuration.publicOrigin,
    },
    cardLife: openCardLife(cards, jpki, overseas),
    expiryNotices: {
      ...lettersIn(ground.directory.expiryNotices),
      findExpiring: (access, page) => findExpiringHolders(jpki, access, page),
    },
    pinResets: {
      cards,
      authenticateHolder: (access, signed) => authenticateHolder(jpki, access, signed),
      isFaceMatched: faceMatcher(ground.configuration.isDemonstration),
      unblockKeyOf,
      alwaysOpen: ground.configuration.kioskAlwaysOpen,
    },
    certificates,
    helpDesk,
    suspensionNotices: {
      helpDesk,
      typeface: certificates.press.typeface,
      files: noticeFilesIn(ground.directory.suspensionNotices),
    },
    workshop: softwareWorkshop(ground.directory.cards, {
      unblockKeyOf,
      freeAreaKeysOf: applicationKeys.freeAreaKeysOf,
      issuerOf: (der) => findIssuer(jpki, der),
    }),
    receiving: [
      {
        system: 'registry',
        topics: { ...registryTopics(registry, ground.keys.permuteResidentCode), ...moveTopics(moves) },
      },
      { system: 'numbering', topics: numberingTopics(numbering) },
      { system: 'overseas', topics: overseasTopics(overseas) },
      { system: 'jpki', topics: jpkiTopics(jpki) },
      { system: 'cards', topics: cardsTopics(cards) },
      { system: 'certificates', topics: certificatesTopics(certificates) },
    ],
  };
}

/** Numbers that lie in the tables in clear are sealed before anything is received. */
async function openRegistry(
  { database, clock, pseudonyms, places, wake, signer }: Ground,
  municipalities: readonly string[],
): Promise<RegistryContext> {
  const registry = {
    sql: database.pool('registry'),
    clock,
    pseudonyms,
    municipalities: places,
    numbers: await openNumberCipher(signer),
    wake,
    newRecordLinks: (municipality: string) => [`${municipalSite(municipality)}>${NATIONAL_SITE}:numbering`],
    recordChangeLinks: recordChangeLinksOf,
    changeLinks: CHANGE_SUBSCRIBERS.map((system) => `${NATIONAL_SITE}>${NATIONAL_SITE}:${system}`),
  };
  await sealClearNumbers(registry, municipalities);
  return registry;
}

/** Moves prove cards, and stop at support measures, as kiosks do. */
function openMoves(registry: RegistryContext, certificates: CertificatesContext): MovesContext {
  return {
    registry,
    challenges: certificates.challenges,
    proveCard: certificates.authenticateHolder,
    participates: certificates.participates,
    isStopped: (municipality, codes) => hasSupportStop(certificates, municipality, codes),
  };
}

/** What lies in the tables in clear, or under an earlier key, is sealed before anything is received. */
async function openNumbering(
  { database, clock, pseudonyms, keys, signer }: Ground,
  registry: RegistryContext,
): Promise<NumberingContext> {
  const sql = database.pool('numbering');
  const vault = await openNumberVault(signer);
  await sealOldNumbers({ sql, clock, vault });
  const standings: NumberingContext['standings'] = (looks) => numberStandings(registry, looks);
  const { numbers } = registry;
  return { sql, clock, pseudonyms, permute: keys.permuteIndividualNumber, vault, numbers, standings };
}

function openOverseas(
  { database, clock, pseudonyms, places, wake }: Ground,
  municipalities: readonly string[],
): OverseasContext {
  return {
    sql: database.pool('overseas'),
    clock,
    pseudonyms,
    municipalities: places,
    participates: (municipality) => municipalities.includes(municipality),
    wake,
  };
}

async function openJpki(ground: Ground, registry: RegistryContext): Promise<JpkiContext> {
  const { database, clock, pseudonyms, places, signer, configuration, directory } = ground;
  const sql = database.pool('jpki');
  const context = jpkiContext({
    sql,
    clock,
    // a clock that is handed in is moved by whoever did so
    clockWatch: clock === systemClock ? guardMachineClock(await datedLast(sql)) : UNGUARDED,
    pseudonyms,
    municipalities: places,
    signer,
    profile: {
      ...testProfile,
      ocspUri: `${configuration.publicOrigin}/ocsp`,
      responderKey: configuration.ocspKey,
      keyTypes: mustSucceed(readKeyTypes(configuration.keyTypes), 'the setting of key types'),
    },
    statusFor: configuration.statusFor,
    lists: new ListFiles(directory.lists),
    findPersons: (looks) => findPersons(registry, looks),
    randomBytes,
  });
  const transcript = mustSucceed(
    await performCeremony(context, { performedBy: 'o-setup' }),
    'the key ceremony',
  );
  writeDurably(path.join(directory.ceremony, 'jpki.txt'), transcript, 0o644);
  return context;
}

function openLocalAuthentication(
  { database, clock, pseudonyms, places }: Ground,
  jpki: JpkiContext,
): LocalContext {
  const sql = database.pool('local_authentication');
  return { sql, clock, pseudonyms, municipalities: places, desk: verifierDesk(jpki) };
}

function openCards(
  ground: Ground,
  registry: RegistryContext,
  jpki: JpkiContext,
  press: CardPress,
): CardsContext {
  const { database, clock, pseudonyms } = ground;
  return {
    sql: database.pool('cards'),
    clock,
    pseudonyms,
    registry,
    certification: jpkiCertification(jpki),
    press,
    printing: { printPhotoOf: (about) => photoOfApplication(database.pool('cards'), about) },
  };
}

async function openHelpDesk(
  { database, clock, pseudonyms }: Ground,
  registry: RegistryContext,
  cards: CardsContext,
): Promise<HelpDeskContext> {
  const helpDesk: HelpDeskContext = {
    sql: database.pool('help_desk'),
    clock,
    pseudonyms,
    registry,
    cards,
    suspend: (access, cardId) => suspendCard(cards, access, cardId),
  };
  await loadBundledFaq(helpDesk);
  return helpDesk;
}

async function openCertificates(
  ground: Ground,
  registry: RegistryContext,
  jpki: JpkiContext,
  municipalities: readonly string[],
): Promise<CertificatesContext> {
  const { database, clock, pseudonyms, places, wake, challenges, configuration } = ground;
  return {
    sql: database.pool('certificates'),
    clock,
    pseudonyms,
    municipalities: places,
    wake,
    registry,
    press: mustSucceed(await openPress(), 'the faces of papers'),
    challenges,
    authenticateHolder: kioskAuthentication((access, signed) => authenticateHolder(jpki, access, signed)),
    participates: (municipality) => municipalities.includes(municipality),
    mayorOf,
    alwaysOpen: configuration.kioskAlwaysOpen,
  };
}
