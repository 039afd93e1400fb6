-- Reference data: prefectures, municipalities, wards of designated cities. Public; no personal data in this schema.

-- (11 − (6a+5b+4c+3d+2e) mod 11) mod 10, so that no path into the tables brings a wrong digit
CREATE FUNCTION ends_in_check_digit(code text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN code ~ '^[0-9]{6}$' THEN
  right(code, 1)::integer = (11 - (
    6 * substr(code, 1, 1)::integer + 5 * substr(code, 2, 1)::integer + 4 * substr(code, 3, 1)::integer
    + 3 * substr(code, 4, 1)::integer + 2 * substr(code, 5, 1)::integer) % 11) % 10
  ELSE false END;

CREATE TABLE prefecture (
  code text PRIMARY KEY CHECK (code ~ '^[0-9]{2}$'),
  full_code text NOT NULL UNIQUE CHECK (ends_in_check_digit(full_code) AND left(full_code, 5) = code || '000'),
  name text NOT NULL UNIQUE,
  kana text NOT NULL,
  romaji text NOT NULL
);

CREATE TABLE municipality (
  code text PRIMARY KEY CHECK (ends_in_check_digit(code)),
  five_digits text NOT NULL UNIQUE GENERATED ALWAYS AS (left(code, 5)) STORED,
  prefecture text NOT NULL REFERENCES prefecture,
  kind text NOT NULL CHECK (kind IN ('designated-city', 'city', 'special-ward', 'town', 'village')),
  name text NOT NULL,
  kana text NOT NULL,
  romaji text NOT NULL,
  northern_territory boolean NOT NULL,
  valid_from date,
  valid_to date,
  CHECK (left(code, 2) = prefecture),
  CHECK (valid_from <= valid_to)
);
CREATE INDEX municipality_prefecture ON municipality (prefecture, code);

CREATE TABLE ward (
  code text PRIMARY KEY CHECK (ends_in_check_digit(code)),
  five_digits text NOT NULL UNIQUE GENERATED ALWAYS AS (left(code, 5)) STORED,
  municipality text NOT NULL REFERENCES municipality,
  name text NOT NULL,
  kana text NOT NULL,
  romaji text NOT NULL,
  valid_from date,
  valid_to date,
  -- wards of the same city that took over the area; an array because the set is always read and written whole
  successors text[] NOT NULL,
  CHECK (left(code, 2) = left(municipality, 2)),
  CHECK (valid_from <= valid_to)
);
CREATE INDEX ward_municipality ON ward (municipality, code);

-- registers keep the codes of places that have ended: a place ends by valid_to, its row stays
REVOKE DELETE ON prefecture, municipality, ward FROM ishizue_municipalities;
