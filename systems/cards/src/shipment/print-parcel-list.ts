/** The list of a parcel as PDF, of the cards that are in it now: asked for when it is packed, and again where one was taken out. */
import { inTransaction } from '@ishizue/db';
import { mustSucceed, ok, type Result } from '@ishizue/outcome';
import { renderDocument, type Typeface } from '@ishizue/pdf';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import { parcelPaper } from './parcel-paper.ts';
import { lockParcel, viewParcel } from './parcel-store.ts';

/** Serials of cards and nothing of persons: no look at anybody's data. */
export async function printParcelList(
  context: CardsContext,
  typeface: Typeface,
  number: string,
): Promise<Result<Buffer, 'parcel-unknown'>> {
  const found = await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const parcel = await lockParcel(tx, number);
    return parcel.ok ? ok(await viewParcel(tx, parcel.value)) : parcel;
  });
  if (!found.ok) return found;
  const { municipality, stateOn, cards } = found.value;
  const spec = parcelPaper({
    number,
    municipality: context.registry.municipalities.fullName(municipality),
    packedOn: stateOn,
    cardIds: cards.filter(({ state }) => state !== 'withdrawn').map(({ cardId }) => cardId),
  });
  return ok(mustSucceed(await renderDocument(typeface, spec), 'a list of at most 200 serials').bytes);
}
