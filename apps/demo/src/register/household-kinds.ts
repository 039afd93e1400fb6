export type HouseholdKind = 'single'|'couple'|'parents-children'|'one-parent'|'child-with-parents'|'three-generations'|'three-generations-eldest'|'siblings'|'lodger';
