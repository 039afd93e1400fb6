/**
 * Sound records, events and notices for the registry's own tests: each takes what the test is about and fills in the
 * rest. Today is the day at which `testCountry`'s clock stands.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Birth } from '../events/birth.ts';
import type { MoveIn } from '../events/move-in.ts';
import type { IdentityChanged } from '../identity/identity-changed.ts';
import { residentCodeOf } from '../identity/resident-code.ts';
import type { PersonalDetails, Resident, ResidentialAddress } from '../municipal/resident.ts';

export const TODAY: IsoDate = '2026-11-20';

const KIYOSE = '132217'; // not from index.ts: tests of pure rules do not load a country

let codes = 5_000_000_000;

/** A resident code that no other test of the process has, and no allocation of a test country gives. */
export const anotherCode = (): string => residentCodeOf(String(codes++));

export const details: PersonalDetails = {
  name: '髙橋　花子',
  nameKana: 'タカハシ　ハナコ',
  formerSurname: null,
  formerSurnameKana: null,
  alias: null,
  aliasKana: null,
  birthDate: '1990-05-06',
  sex: 2,
  nationality: 'JPN',
  residenceStatus: null,
  stayExpiresOn: null,
  domicile: '東京都清瀬市中里一丁目1番',
  familyRegisterHead: '髙橋　一郎',
};

export const address: ResidentialAddress = {
  wardCode: null,
  postalCode: '2040003',
  town: '中里五丁目',
  lot: '842番地',
  building: '中里荘203',
};

export function residentWith(changes: Partial<Resident> = {}): Resident {
  return {
    ...details,
    ...address,
    municipality: KIYOSE,
    residentNumber: '1',
    residentCode: '24727059608',
    individualNumber: null,
    status: 'resident',
    householdNumber: '1',
    relationship: '世帯主',
    becameResidentOn: '2020-04-01',
    addressFixedOn: '2020-04-01',
    previousAddress: null,
    endedOn: null,
    movedTo: null,
    sequence: 3,
    ...changes,
  };
}

export function moveInWith(changes: Partial<MoveIn> = {}): MoveIn {
  return {
    reason: 'move-in',
    residentCode: null,
    individualNumber: null,
    eventDate: '2026-11-10',
    details,
    address,
    previousAddress: '大阪府大阪市北区梅田一丁目1番',
    ...changes,
  };
}

export function birthWith(changes: Partial<Birth> & Pick<Birth, 'parentResidentCode'>): Birth {
  return {
    reason: 'birth',
    eventDate: '2026-11-18',
    name: '髙橋　葵',
    nameKana: 'タカハシ　アオイ',
    sex: 1,
    relationship: '子',
    ...changes,
  };
}

export function noticeWith(changes: Partial<IdentityChanged> = {}): IdentityChanged {
  return {
    residentCode: '24727059608',
    municipality: KIYOSE,
    sequence: 1,
    reason: 'move-in',
    eventDate: '2026-11-10',
    status: 'resident',
    name: details.name,
    formerSurname: null,
    alias: null,
    birthDate: details.birthDate,
    sex: details.sex,
    address: '東京都清瀬市中里五丁目842番地　中里荘203',
    individualNumber: null,
    ...changes,
  };
}
