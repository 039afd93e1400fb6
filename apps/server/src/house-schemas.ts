/** Every schema of the house, in the order in which their migrations may refer to one another. */
import { accessSchema } from '@ishizue/access';
import { cardApplicationsSchema } from '@ishizue/card-applications';
import { cardsSchema } from '@ishizue/cards';
import { certificatesSchema } from '@ishizue/certificates';
import type { SchemaOwner } from '@ishizue/db';
import { helpDeskSchema } from '@ishizue/help-desk';
import { jpkiSchema } from '@ishizue/jpki';
import { keyServerSchema } from '@ishizue/key-server';
import { ledgerSchema } from '@ishizue/ledger';
import { linkSchema } from '@ishizue/link';
import { localAuthenticationSchema } from '@ishizue/local-authentication';
import { municipalitiesSchema } from '@ishizue/municipalities';
import { numberingSchema } from '@ishizue/numbering';
import { overseasSchema } from '@ishizue/overseas';
import { procedureSchema } from '@ishizue/procedure';
import { registrySchema } from '@ishizue/registry';
import { signInSchema } from '@ishizue/sign-in';

export const houseSchemas: readonly SchemaOwner[] = [
  linkSchema,
  ledgerSchema,
  procedureSchema,
  accessSchema,
  municipalitiesSchema,
  keyServerSchema,
  registrySchema,
  numberingSchema,
  overseasSchema,
  jpkiSchema,
  signInSchema,
  localAuthenticationSchema,
  cardsSchema,
  cardApplicationsSchema,
  certificatesSchema,
  helpDeskSchema,
];
