/** Until when a holder tells of what changed (番号法 art. 17): the day of the change does not count, the last day does. */
import { addDays, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';

const TELL_DAYS = new DatedRules('changes of what the face says', [
  { validFrom: '2016-01-01', source: '番号法 第17条: 変更があった日から14日以内', rule: 14 },
]);

/** The last day; of what changed before there were cards, by the first rule. */
export const tellBy = (changedOn: IsoDate): IsoDate => {
  const first = TELL_DAYS.versions[0]?.validFrom ?? changedOn;
  return addDays(changedOn, TELL_DAYS.get(changedOn < first ? first : changedOn));
};
