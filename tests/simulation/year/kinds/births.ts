/** 出生: one child, or twins (one birth date, one sex, two names); now and then one that is undone. */
import { addDays } from '@ishizue/clock';
import type { Person } from '../model.ts';
import { nameOf } from '../people.ts';
import type { Kind, TownLife } from '../town-life.ts';
import { undoLater } from './undo-later.ts';

export const births: Kind = {
  name: 'birth',
  perThousandAYear: 9,
  begin: (life, name) => {
    const parent = life.pick(name, (_, { state }) => state.nationality === 'JPN');
    if (parent) begin(life, name, parent);
  },
};

function begin(life: TownLife, name: string, parent: Person): void {
  const { chance } = life;
  const children = chance.happens(`${name} twins`, 0.1) ? 2 : 1;
  const sex = chance.happens(`${name} sex`, 0.5) ? 1 : 2;
  const household = life.model.homeRecord(parent);
  const earlier = addDays(life.today, -chance.between(`${name} born`, 0, 10));
  const born = earlier < household.state.becameResidentOn ? household.state.becameResidentOn : earlier;
  const days = chance.between(`${name} declared`, 1, 10);
  let declared = 0;
  for (let nth = 1; nth <= children; nth++) {
    const child = `${name} child ${nth}`;
    const pair = nameOf(chance, child, household.state.name.split('　')[0]);
    life.order(days, {
      name: child,
      municipality: household.municipality,
      event: () => ({
        reason: 'birth',
        parentResidentCode: household.residentCode,
        eventDate: born,
        ...pair,
        sex,
        relationship: '子',
      }),
      done: ({ residentCode, ...recorded }) => {
        const { state } = household;
        const entered = life.model.enter(
          household.municipality,
          residentCode,
          {
            ...state,
            ...pair,
            formerSurname: null,
            formerSurnameKana: null,
            alias: null,
            aliasKana: null,
            birthDate: born,
            sex,
            residenceStatus: null,
            stayExpiresOn: null,
            becameResidentOn: born,
            addressFixedOn: born,
            previousAddress: null,
            endedOn: null,
            movedTo: null,
          },
          1,
          { household: household.household, relationship: '子' },
        );
        const newborn = life.model.addPerson(residentCode, household.municipality, Number.POSITIVE_INFINITY);
        if (++declared === children) life.release(parent, 1);
        if (!chance.happens(`${child} mistake`, 0.08)) return life.release(newborn, 2);
        const restored = { ...entered.state, status: 'removed' as const, endedOn: born };
        undoLater(life, {
          name: child,
          record: entered,
          recorded: { residentCode, ...recorded },
          restored,
          done: () => {
            newborn.home = undefined;
          },
        });
      },
    });
  }
}
