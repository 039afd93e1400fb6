/** Every schema of the house, in the order in which their migrations may refer to one another. */
import { accessSchema } from '@ishizue/access';
import type { SchemaOwner } from '@ishizue/db';
import { ledgerSchema } from '@ishizue/ledger';
import { linkSchema } from '@ishizue/link';
import { municipalitiesSchema } from '@ishizue/municipalities';
import { numberingSchema } from '@ishizue/numbering';
import { registrySchema } from '@ishizue/registry';

export const houseSchemas: readonly SchemaOwner[] = [
  linkSchema,
  ledgerSchema,
  accessSchema,
  municipalitiesSchema,
  registrySchema,
  numberingSchema,
];
