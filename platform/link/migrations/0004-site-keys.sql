-- The directory of sites' keys. A site may have several that are accepted, so that it changes keys without a pause;
-- link.site.public_key is the one with which it signs now. A key is pinned when its site is opened, and certified by
-- the system that keeps keys (docs/flows/key-server.md). What has ended is never accepted again.

CREATE TABLE site_key (
  site text NOT NULL REFERENCES site,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
  certificate bytea,
  not_before timestamptz(3),
  not_after timestamptz(3),
  -- from when on it is refused: now for a revoked key, later for one that is being replaced
  ended_at timestamptz(3),
  PRIMARY KEY (site, public_key),
  CONSTRAINT certified_for_a_time CHECK (
    (certificate IS NULL) = (not_before IS NULL) AND (certificate IS NULL) = (not_after IS NULL)
    AND (certificate IS NULL OR not_before < not_after))
);
INSERT INTO site_key (site, public_key) SELECT site, public_key FROM site;
-- the dispatcher's role pins keys; it neither certifies one nor brings an ended one back
REVOKE INSERT, UPDATE ON site_key FROM ishizue_link;
GRANT INSERT (site, public_key) ON site_key TO ishizue_link;

-- The one system that certifies and ends keys: declared by a migration of its own.
CREATE TABLE key_keeper (
  system text PRIMARY KEY CHECK (system ~ '^[a-z][a-z_]{0,40}$'),
  only_one boolean NOT NULL DEFAULT true UNIQUE CHECK (only_one)
);
ALTER TABLE key_keeper ENABLE ROW LEVEL SECURITY;
CREATE POLICY declared ON key_keeper FOR INSERT WITH CHECK (current_user = 'ishizue_' || system || '_owner');
REVOKE ALL ON key_keeper FROM ishizue_link;
GRANT INSERT (system) ON key_keeper TO PUBLIC;

CREATE FUNCTION demand_key_keeper() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM link.key_keeper WHERE 'ishizue_' || system = session_user) THEN
    RAISE EXCEPTION 'link: % does not keep keys', session_user USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- Accepts keys of sites under their certificates; a key that has ended stays ended. Answers the sites taken: not those
-- that are not open here, nor those whose key has ended.
CREATE FUNCTION certify_keys(
  p_sites text[], p_keys bytea[], p_certificates bytea[], p_not_before timestamptz[], p_not_after timestamptz[]
) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  PERFORM link.demand_key_keeper();
  RETURN QUERY
    INSERT INTO link.site_key AS k (site, public_key, certificate, not_before, not_after)
    SELECT g.site, g.key, g.certificate, g.not_before, g.not_after
    FROM unnest(p_sites, p_keys, p_certificates, p_not_before, p_not_after)
      AS g (site, key, certificate, not_before, not_after)
    JOIN link.site s ON s.site = g.site
    ON CONFLICT (site, public_key) DO UPDATE
      SET certificate = excluded.certificate, not_before = excluded.not_before, not_after = excluded.not_after
      WHERE k.ended_at IS NULL
    RETURNING k.site;
END $$;

-- Lets a site sign with another of its certified keys from now on.
CREATE FUNCTION sign_with(p_site text, p_key bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  PERFORM link.demand_key_keeper();
  UPDATE link.site s SET public_key = p_key
  WHERE s.site = p_site AND EXISTS (
    SELECT FROM link.site_key k WHERE k.site = p_site AND k.public_key = p_key
      AND k.certificate IS NOT NULL AND k.ended_at IS NULL);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'link: the key is not certified for %', p_site USING ERRCODE = 'no_data_found';
  END IF;
END $$;

-- Ends keys of a site at an instant; one that ends earlier keeps its end. Without p_key all of them.
CREATE FUNCTION end_keys(p_site text, p_key bytea, p_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  PERFORM link.demand_key_keeper();
  UPDATE link.site_key SET ended_at = least(ended_at, p_at)
  WHERE site = p_site AND (p_key IS NULL OR public_key = p_key);
END $$;
GRANT EXECUTE ON FUNCTION certify_keys, sign_with, end_keys TO ishizue_system;

-- Whether a key is accepted at an instant.
CREATE FUNCTION is_accepted(k site_key, p_at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT (k.not_before IS NULL OR k.not_before <= p_at) AND (k.not_after IS NULL OR p_at <= k.not_after)
    AND (k.ended_at IS NULL OR p_at < k.ended_at)
$$;

-- Begins a receipt: what the link's end has, as far as it concerns the subjects, the sender's keys as they are accepted
-- now, and the key with which the receiver signs its answer.
DROP FUNCTION receive_begin(int, text[]);
CREATE FUNCTION receive_begin(
  p_link_id int, p_subjects text[], p_at timestamptz,
  OUT sender_keys bytea[], OUT receiver_key bytea, OUT received_through bigint, OUT ahead bigint[],
  OUT parked_subjects text[], OUT held json
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  received_through := link.lock_inbound(p_link_id);
  sender_keys := ARRAY(
    SELECT k.public_key FROM link.link l JOIN link.site_key k ON k.site = l.from_site
    WHERE l.id = p_link_id AND link.is_accepted(k, p_at));
  receiver_key := (
    SELECT s.public_key FROM link.link l JOIN link.site s ON s.site = l.to_site WHERE l.id = p_link_id);
  ahead := ARRAY(SELECT a.seq FROM link.ahead a WHERE a.link_id = p_link_id ORDER BY a.seq);
  parked_subjects := ARRAY(
    SELECT t.subject FROM link.ticket t
    WHERE t.link_id = p_link_id AND t.closed_at IS NULL AND t.subject = ANY (p_subjects));
  held := (
    SELECT json_agg(json_build_object('seq', h.seq, 'subject', h.subject, 'previous', h.previous, 'topic', h.topic,
                                      'body', h.body) ORDER BY h.seq)
    FROM link.held h
    WHERE h.link_id = p_link_id AND h.subject = ANY (p_subjects) AND NOT h.subject = ANY (parked_subjects));
END $$;
GRANT EXECUTE ON FUNCTION receive_begin TO ishizue_system;
