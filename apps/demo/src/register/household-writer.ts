/**
 * Makes the lines of one invented household: structure, identities, residence, family registers, dates. All randomness
 * comes from the generator's one source, in a fixed order, so that a seed replays it.
 */
import type { Municipality, MunicipalityDirectory } from '@ishizue/municipalities';
import { isoOf, YEAR_DAYS } from './calendar-day.ts';
import { FOREIGN_HOUSEHOLD_SHAPES, HOUSEHOLD_SHAPES, type HouseholdShape } from './household-kinds.ts';
import { type PlannedPerson, planHousehold } from './household-plan.ts';
import { type Identity, identifyForeign, identifyJapanese, nameOfAncestor } from './identity.ts';
import type { RegisterRow } from './register-row.ts';
import { chooseLot, chooseResidence, placesElsewhere, type Residence, writeAddress } from './residence.ts';
import type { SeededRandom } from './seeded-random.ts';
import { chooseSettlement, type Settlement, settlementOf } from './settlement.ts';
import type { Town, TownsByMunicipality } from './towns.ts';

/** A line before it has numbers. */
export type UnnumberedRow = Omit<RegisterRow, 'resident_number' | 'household_number'>;

/** Who somebody shares name, reading, sex and day of birth with. */
export interface Namesake {
  readonly identity: Identity;
  readonly person: PlannedPerson;
}

const FOREIGN_HOUSEHOLD = 0.031;
const IN_OWN_REGISTER = 0.35;
const REGISTER_AT_HOME = 0.45;
const FROM_ABROAD = 0.35;
const NAMESAKES_KEPT = 512;
const SEX_NOT_STATED = 0.001;
const VERY_OLD_YEARS = 97;

export class HouseholdWriter {
  readonly #random: SeededRandom;
  readonly #municipality: Municipality;
  readonly #directory: MunicipalityDirectory;
  readonly #towns: readonly Town[];
  readonly #elsewhere: readonly string[];
  readonly #today: number;
  /** Adults of whom somebody may later be a namesake; a ring, so that a large register needs no more. */
  readonly #known: Namesake[] = [];
  #knownNext = 0;

  constructor(
    random: SeededRandom,
    municipality: Municipality,
    directory: MunicipalityDirectory,
    towns: TownsByMunicipality,
    today: number,
  ) {
    this.#random = random;
    this.#municipality = municipality;
    this.#directory = directory;
    const own = towns.get(municipality.code) ?? [];
    this.#towns = own.length > 0 ? own : [{ postalCode: '', name: '', wardCode: '' }];
    this.#elsewhere = placesElsewhere(random, directory, towns, municipality);
    this.#today = today;
  }

  /** The next household; of one person where `people_max` leaves no room for more. */
  next(people_max: number): readonly UnnumberedRow[] {
    const isForeign = this.#random.chance(FOREIGN_HOUSEHOLD);
    const shape = (isForeign ? FOREIGN_HOUSEHOLD_SHAPES : HOUSEHOLD_SHAPES).pick(this.#random);
    const planned = this.#plan(shape);
    const people = planned.length <= people_max ? planned : this.#plan({ ...shape, kind: 'single' });
    if (isForeign) {
      const { identities, country } = identifyForeign(this.#random, people, this.#today);
      return this.#write(people, identities, country);
    }
    const identities = identifyJapanese(this.#random, people, this.#today);
    this.#remember(people, identities);
    return this.#write(people, identities, undefined);
  }

  /** Somebody living alone with the name and day of birth of another resident; an ordinary household at the beginning. */
  nextNamesake(): readonly UnnumberedRow[] {
    if (this.#known.length === 0) return this.next(1);
    const { identity, person } = this.#random.pick(this.#known);
    return this.#write(
      [{ ...person, relationship: '世帯主', family: 'own', familyRegister: 0 }],
      [identity],
      undefined,
    );
  }

  #plan({ kind, ageFrom, ageTo }: HouseholdShape): readonly PlannedPerson[] {
    const age = ageFrom + this.#random.fraction() * (ageTo - ageFrom);
    // rounded up, so that nobody is a day too young for the band
    return planHousehold(this.#random, kind, this.#today - Math.ceil(age * YEAR_DAYS), this.#today);
  }

  #remember(people: readonly PlannedPerson[], identities: readonly Identity[]): void {
    const [person] = people;
    const [identity] = identities;
    // the very old may get a partial date of birth, which a namesake would not share
    if (!person || !identity || this.#isVeryOld(person.birth)) return;
    this.#known[this.#knownNext] = { person, identity };
    this.#knownNext = (this.#knownNext + 1) % NAMESAKES_KEPT;
  }

  #write(
    people: readonly PlannedPerson[],
    identities: readonly Identity[],
    country: string | undefined,
  ): readonly UnnumberedRow[] {
    const residence = chooseResidence(this.#random, this.#towns, people.length === 1);
    const settlement = this.#settle(people, country);
    const registers = this.#familyRegisters(people, identities, residence);
    return people.map((person, index) => {
      const identity = identities[index];
      if (!identity) throw new Error('every planned person has an identity');
      return this.#row(person, identity, residence, settlement, registers);
    });
  }

  #settle(people: readonly PlannedPerson[], country: string | undefined): Settlement {
    const isForeign = country !== undefined;
    return chooseSettlement(this.#random, people[0]?.birth ?? this.#today, this.#today, {
      canBeNative: !isForeign,
      within: () =>
        writeAddress(
          this.#directory,
          this.#municipality.code,
          chooseResidence(this.#random, this.#towns, false),
        ),
      outside: () =>
        isForeign && this.#random.chance(FROM_ABROAD)
          ? country
          : `${this.#random.pick(this.#elsewhere)}${this.#random.between(1, 2400)}番地`,
    });
  }

  /** 本籍 and 筆頭者 by the number of the family register. */
  #familyRegisters(
    people: readonly PlannedPerson[],
    identities: readonly Identity[],
    residence: Residence,
  ): ReadonlyMap<number, { readonly domicile: string; readonly head: string }> {
    const registers = new Map<number, { domicile: string; head: string }>();
    for (const { familyRegister } of people) {
      if (registers.has(familyRegister)) continue;
      const domicile = this.#random.chance(REGISTER_AT_HOME)
        ? this.#domicileAtHome(residence)
        : `${this.#random.pick(this.#elsewhere)}${this.#random.between(1, 2400)}番地`;
      registers.set(familyRegister, {
        domicile,
        head: this.#registerHead(people, identities, familyRegister),
      });
    }
    return registers;
  }

  #domicileAtHome({ town }: Residence): string {
    const place = town.wardCode === '' ? this.#municipality.code : town.wardCode;
    const lot = chooseLot(this.#random, town).replace(/(番地?).*$/, '$1');
    return this.#directory.fullName(place) + town.name + lot;
  }

  /** The father, else the mother, else who heads the couple; for somebody alone perhaps a father who lives elsewhere. */
  #registerHead(
    people: readonly PlannedPerson[],
    identities: readonly Identity[],
    familyRegister: number,
  ): string {
    const members = people.filter((person) => person.familyRegister === familyRegister);
    const isCouple = members.some(
      ({ relationship }) => relationship.endsWith('妻') || relationship.endsWith('夫'),
    );
    const head =
      members.find(({ relationship }) => relationship.endsWith('父')) ??
      members.find(({ relationship }) => relationship.endsWith('母')) ??
      members[0];
    const identity = head && identities[people.indexOf(head)];
    if (!head || !identity) throw new Error('a family register has somebody in it');
    const hasParentHere = head.relationship.endsWith('父') || head.relationship.endsWith('母');
    const hasChildHere = members.some(({ relationship }) => relationship.endsWith('子'));
    if (isCouple || hasParentHere || hasChildHere || this.#random.chance(IN_OWN_REGISTER))
      return identity.name;
    const surname = identity.name.split('　')[0] ?? '';
    return nameOfAncestor(this.#random, surname, head.birth - Math.round(29 * YEAR_DAYS));
  }

  #row(
    person: PlannedPerson,
    identity: Identity,
    { town, lot, building }: Residence,
    settlement: Settlement,
    registers: ReadonlyMap<number, { readonly domicile: string; readonly head: string }>,
  ): UnnumberedRow {
    const { becameResidentOn, addressFixedOn, previousAddress } = settlementOf(person.birth, settlement);
    const register = identity.status === undefined ? registers.get(person.familyRegister) : undefined;
    return {
      relationship: person.relationship,
      resident_code: '',
      name: identity.name,
      name_kana: identity.nameKana,
      former_surname: identity.formerSurname,
      former_surname_kana: identity.formerSurnameKana,
      alias: identity.alias,
      alias_kana: identity.aliasKana,
      birth_date: this.#birthDate(person.birth, identity),
      sex: this.#sex(person, identity),
      nationality: identity.nationality,
      residence_status: identity.status?.name ?? '',
      stay_expires_on: identity.status?.expiresOn ?? '',
      ward_code: town.wardCode,
      postal_code: town.postalCode,
      town: town.name,
      lot,
      building,
      domicile: register?.domicile ?? '',
      family_register_head: register?.head ?? '',
      became_resident_on: isoOf(becameResidentOn),
      address_fixed_on: isoOf(addressFixedOn),
      previous_address: previousAddress,
    };
  }

  /** A few very old people and foreign residents do not know the day, the month or the year. */
  #birthDate(birth: number, identity: Identity): string {
    const date = isoOf(birth);
    const isVeryOld = this.#isVeryOld(birth);
    if (!isVeryOld && identity.status === undefined) return date;
    if (!this.#random.chance(isVeryOld ? 0.06 : 0.006)) return date;
    const known = this.#random.fraction();
    if (known < 0.6) return `${date.slice(0, 7)}-00`;
    return known < 0.92 ? `${date.slice(0, 4)}-00-00` : '0000-00-00';
  }

  #isVeryOld(birth: number): boolean {
    return this.#today - birth > VERY_OLD_YEARS * YEAR_DAYS;
  }

  #sex({ sex }: PlannedPerson, identity: Identity): string {
    if (identity.status !== undefined && this.#random.chance(SEX_NOT_STATED)) return '3';
    return sex === 'male' ? '1' : '2';
  }
}
