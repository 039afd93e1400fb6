export { houseForTest, officer, person, pseudonyms, request, SITE } from './desk-for-test.ts';
export { grant } from './grant.ts';
