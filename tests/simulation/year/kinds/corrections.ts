/** 軽微な修正 of an address, and 職権修正 of a name: marriages, and mistakes of the birth date that the family register shows. */
import { addressOf, nameOf } from '../people.ts';
import type { Kind } from '../town-life.ts';

export const minorCorrections: Kind = {
  name: 'minor correction',
  perThousandAYear: 10,
  begin: (life, name) => {
    const person = life.pick(name);
    if (!person) return;
    const { lot } = addressOf(life.chance, name);
    const building = `コーポ${life.chance.between(`${name} building`, 1, 9_999)}`;
    life.change(1, person, {
      name,
      event: ({ residentCode }, today) => ({
        reason: 'minor-correction',
        residentCode,
        eventDate: today,
        lot,
        building,
      }),
      after: () => ({ lot, building }),
      done: () => life.release(person),
    });
  },
};

export const nameCorrections: Kind = {
  name: 'name correction',
  perThousandAYear: 6,
  begin: (life, name) => {
    const person = life.pick(name, (_, { state }) => state.nationality === 'JPN');
    if (!person) return;
    const pair = nameOf(life.chance, name);
    const isName = pair.name !== life.model.homeRecord(person).state.name;
    const details = isName
      ? pair
      : { domicile: `${life.country.directory.fullName(person.home ?? '')}${name}` };
    life.change(1, person, {
      name,
      event: ({ residentCode }, today) => ({
        reason: 'ex-officio-correction',
        residentCode,
        eventDate: today,
        details,
        basis: '戸籍の届出',
      }),
      after: () => details,
      done: () => life.release(person),
    });
  },
};
