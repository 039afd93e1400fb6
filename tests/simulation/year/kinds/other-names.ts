/** 旧氏 of a Japanese, 通称 of everybody else: written, changed, deleted. */
import { nameOf } from '../people.ts';
import type { Kind } from '../town-life.ts';

export const otherNames: Kind = {
  name: 'other name',
  perThousandAYear: 5,
  begin: (life, name) => {
    const person = life.pick(name);
    if (!person) return;
    const { state } = life.model.homeRecord(person);
    const { name: full, nameKana } = nameOf(life.chance, name);
    const [surname = '', surnameKana = ''] = [full.split('　')[0], nameKana.split('　')[0]];
    if (state.nationality === 'JPN') {
      const isSame = state.formerSurname === surname;
      const written = {
        formerSurname: isSame ? null : surname,
        formerSurnameKana: isSame ? null : surnameKana,
      };
      life.change(1, person, {
        name,
        event: ({ residentCode }, today) => ({
          reason: 'former-surname-change',
          residentCode,
          eventDate: today,
          ...written,
        }),
        after: () => written,
        done: () => life.release(person),
      });
      return;
    }
    const isSame = state.alias === full;
    const written = { alias: isSame ? null : full, aliasKana: isSame ? null : nameKana };
    life.change(1, person, {
      name,
      event: ({ residentCode }, today) => ({
        reason: 'alias-change',
        residentCode,
        eventDate: today,
        ...written,
      }),
      after: () => written,
      done: () => life.release(person),
    });
  },
};
