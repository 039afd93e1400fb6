export { type Configuration, readConfiguration } from './configuration.ts';
export { type Country, type CountryOptions, openCountry } from './country.ts';
export { houseSchemas } from './house-schemas.ts';
