/** From what the person did to what the protocol goes on with (docs/flows/sign-in.md steps 4 and 5). */
import type { ConsentItem } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { consentOnPage } from './acts/consent.ts';
import { type SignInByCard, type SignInFailure, signInByCard } from './acts/sign-in-by-card.ts';
import type { Interaction } from './interactions.ts';
import { renewSession } from './provider/artefact-adapter.ts';
import { CARD_ACR, CARD_AMR } from './provider/provider-configuration.ts';
import type { SignInContext } from './sign-in-context.ts';

export type SettleFailure = SignInFailure | 'act-ended';

/** The card has signed. Where nothing but the sign-in is asked for, that was the consent to it; answers where to go. */
export async function settleCard(
  context: SignInContext,
  interaction: Interaction,
  proof: SignInByCard['proof'],
  correlation: string,
): Promise<Result<string, SettleFailure>> {
  const { client } = interaction.client.client;
  const signed = await signInByCard(context, { interaction: interaction.uid, client, proof, correlation });
  if (!signed.ok) return signed;
  const { act, signedAt } = signed.value;
  const bare = interaction.items.length === 0 && !asksForConsent(interaction);
  if (bare) {
    const consented = await consentOnPage(context, { act, client, items: [], correlation });
    if (!consented.ok) return consented;
  }
  const path = await interaction.settle({
    login: {
      accountId: act,
      acr: CARD_ACR,
      amr: CARD_AMR,
      remember: false,
      ts: Math.floor(signedAt / 1_000),
    },
    ...(bare && { consent: { grantId: await grantOf(interaction, act, []) } }),
  });
  // after it is settled: until then the library compares the session with the one that the interaction began in
  if (interaction.session) await renewSession(context, interaction.session.uid, act);
  return ok(path);
}

/** The person has said which items. */
export async function settleConsent(
  context: SignInContext,
  interaction: Interaction,
  wished: readonly ConsentItem[],
  correlation: string,
): Promise<Result<string, SettleFailure>> {
  const { act } = interaction;
  if (act === undefined) return fail('act-ended', 'nobody has signed in here');
  const { client } = interaction.client.client;
  const items = interaction.items.filter((item) => wished.includes(item));
  const consented = await consentOnPage(context, { act, client, items, correlation });
  if (!consented.ok) return consented;
  return ok(await interaction.settle({ consent: { grantId: await grantOf(interaction, act, items) } }));
}

const asksForConsent = ({ prompts }: Interaction): boolean => prompts.includes('consent');

const CLAIMS: Readonly<Record<ConsentItem, string>> = {
  name: 'name',
  'birth-date': 'birthdate',
  sex: 'gender',
  address: 'address',
};

async function grantOf(
  { provider, client, scope, items }: Interaction,
  act: string,
  given: readonly ConsentItem[],
): Promise<string> {
  const grant = new provider.Grant({ accountId: act, clientId: client.client.client });
  grant.addOIDCScope(scope);
  const kept = items.filter((item) => !given.includes(item));
  if (kept.length > 0) grant.rejectOIDCClaims(kept.map((item) => CLAIMS[item]));
  return grant.save();
}
