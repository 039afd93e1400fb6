/** The roles that routes ask of operators, by the kind of site where these routes are. */
import {
  CARD_CLERK,
  CARD_COUNTER,
  CARD_FACTORY,
  COMBINED_CARD_OFFICER,
  ISSUING_OFFICER,
} from '@ishizue/cards';
import { CALL_LEAD, CALL_OPERATOR, FAQ_REVIEWER, TICKET_CLERK } from '@ishizue/help-desk';
import { CEREMONY_OFFICER, CONSENT_CLERK, PHONE_CALL_CENTRE, VERIFIER_OFFICER } from '@ishizue/jpki';
import { KEY_CUSTODIAN, KEY_OFFICER } from '@ishizue/key-server';
import { LOCAL_AUTHENTICATION_OFFICER } from '@ishizue/local-authentication';
import { NUMBERING_OFFICER } from '@ishizue/numbering';
import {
  DISCLOSURE_OFFICER,
  IDENTITY_READER,
  NATIONAL_SITE,
  REGISTRAR,
  SUPPORT_OFFICER,
} from '@ishizue/registry';
import { CA_OPERATOR } from './routes/publication-routes.ts';

/** Every role that opens a route at the site. */
export function rolesAt(site: string): readonly string[] {
  if (site === NATIONAL_SITE)
    return [
      CARD_CLERK,
      CARD_FACTORY,
      ISSUING_OFFICER,
      IDENTITY_READER,
      DISCLOSURE_OFFICER,
      NUMBERING_OFFICER,
      CA_OPERATOR,
      KEY_OFFICER,
      KEY_CUSTODIAN,
      VERIFIER_OFFICER,
      CONSENT_CLERK,
      CEREMONY_OFFICER,
      PHONE_CALL_CENTRE,
      COMBINED_CARD_OFFICER,
      CALL_OPERATOR,
      CALL_LEAD,
      TICKET_CLERK,
      FAQ_REVIEWER,
    ];
  return site.startsWith('municipal/')
    ? [REGISTRAR, SUPPORT_OFFICER, LOCAL_AUTHENTICATION_OFFICER, CARD_COUNTER]
    : [IDENTITY_READER, DISCLOSURE_OFFICER];
}
