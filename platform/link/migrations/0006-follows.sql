-- A message may follow a second subject: it waits for what was sent before it about that one too, as it waits for what was
-- sent before it about its own. So the order of a person holds where the person's key changes: the change is sent under
-- the new key and follows the old one, and what comes under the new key waits behind the change as behind anything else.

ALTER TABLE outbox ADD COLUMN follows text CHECK (length(follows) BETWEEN 1 AND 200 AND follows <> subject);
ALTER TABLE held
  ADD COLUMN follows text,
  ADD COLUMN followed_previous bigint,
  ADD CHECK ((follows IS NULL) = (followed_previous IS NULL));
CREATE INDEX held_follows ON held (link_id, follows) WHERE follows IS NOT NULL;

-- As before, and p_follows: for each message the second subject, or null; null where no message has one.
DROP FUNCTION send(text[], int[], text[], text[], text[]);
CREATE FUNCTION send(
  p_links text[], p_link_of int[], p_subjects text[], p_topics text[], p_bodies text[], p_follows text[] DEFAULT NULL
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
DECLARE
  ids int[];
  scope text := current_setting('ishizue.site', true);
  -- read beforehand: a subquery below would be planned anew at every call
  towards text[] := ARRAY(SELECT to_system FROM link.sender WHERE 'ishizue_' || system = session_user);
  refused text;
BEGIN
  SELECT array_agg(l.id ORDER BY n.place),
         min(l.name) FILTER (WHERE l.from_site IS DISTINCT FROM scope
           OR NOT ('ishizue_' || l.system = session_user OR l.system = ANY (towards)))
  INTO ids, refused
  FROM unnest(p_links) WITH ORDINALITY AS n (name, place) JOIN link.link l ON l.name = n.name;
  IF cardinality(ids) IS DISTINCT FROM cardinality(p_links) THEN
    RAISE EXCEPTION 'link.send: a link is not open' USING ERRCODE = 'no_data_found';
  END IF;
  IF refused IS NOT NULL THEN
    RAISE EXCEPTION 'link-sender-not-scope: % for site "%" does not send on %', session_user, scope, refused
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM 1 FROM link.counter WHERE link_id = ANY (ids) ORDER BY link_id FOR NO KEY UPDATE;
  WITH message AS (
    SELECT ids[m.link_of] AS link_id, row_number() OVER (PARTITION BY m.link_of ORDER BY m.place) AS nth,
           m.subject, m.topic, m.body, m.follows
    FROM unnest(p_link_of, p_subjects, p_topics, p_bodies, p_follows) WITH ORDINALITY
      AS m (link_of, subject, topic, body, follows, place)
  ), counted AS (
    UPDATE link.counter c SET last_seq = c.last_seq + n.count
    FROM (SELECT link_id, count(*) FROM message GROUP BY link_id) n
    WHERE c.link_id = n.link_id
    RETURNING c.link_id, c.last_seq - n.count AS before
  )
  INSERT INTO link.outbox (link_id, seq, subject, topic, body, follows)
  SELECT link_id, before + nth, subject, topic, body, follows FROM message JOIN counted USING (link_id)
  ORDER BY link_id, nth;
END $$;
GRANT EXECUTE ON FUNCTION send TO ishizue_system;

-- The subjects, and all that held messages tie to them: who is held behind one of them, and whom those wait for.
CREATE FUNCTION concerned(p_link_id int, p_subjects text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  -- nearly always: nothing that follows a second subject is held
  IF NOT EXISTS (SELECT FROM link.held WHERE link_id = p_link_id AND follows IS NOT NULL) THEN
    RETURN p_subjects;
  END IF;
  RETURN ARRAY(
    WITH RECURSIVE tied (subject) AS (
      SELECT unnest(p_subjects)
      UNION
      SELECT CASE WHEN h.subject = t.subject THEN h.follows ELSE h.subject END
      FROM tied t JOIN link.held h
        ON h.link_id = p_link_id AND h.follows IS NOT NULL AND t.subject IN (h.subject, h.follows)
    )
    SELECT subject FROM tied);
END $$;

-- Held messages as the receiver reads them.
CREATE FUNCTION held_messages(p_link_id int, p_subjects text[]) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, link, pg_temp AS $$
  SELECT json_agg(json_build_object(
    'seq', h.seq, 'subject', h.subject, 'previous', h.previous, 'topic', h.topic, 'body', h.body, 'follows',
    CASE WHEN h.follows IS NOT NULL
      THEN json_build_object('subject', h.follows, 'previous', h.followed_previous) END) ORDER BY h.seq)
  FROM link.held h WHERE h.link_id = p_link_id AND h.subject = ANY (p_subjects);
$$;

CREATE OR REPLACE FUNCTION receive_begin(
  p_link_id int, p_subjects text[], p_at timestamptz,
  OUT sender_keys bytea[], OUT receiver_key bytea, OUT received_through bigint, OUT ahead bigint[],
  OUT parked_subjects text[], OUT held json
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
DECLARE
  subjects text[];
BEGIN
  received_through := link.lock_inbound(p_link_id);
  sender_keys := ARRAY(
    SELECT k.public_key FROM link.link l JOIN link.site_key k ON k.site = l.from_site
    WHERE l.id = p_link_id AND link.is_accepted(k, p_at));
  receiver_key := (
    SELECT s.public_key FROM link.link l JOIN link.site s ON s.site = l.to_site WHERE l.id = p_link_id);
  ahead := ARRAY(SELECT a.seq FROM link.ahead a WHERE a.link_id = p_link_id ORDER BY a.seq);
  subjects := link.concerned(p_link_id, p_subjects);
  parked_subjects := ARRAY(
    SELECT t.subject FROM link.ticket t
    WHERE t.link_id = p_link_id AND t.closed_at IS NULL AND t.subject = ANY (subjects));
  held := link.held_messages(p_link_id, ARRAY(SELECT unnest(subjects) EXCEPT SELECT unnest(parked_subjects)));
END $$;

CREATE OR REPLACE FUNCTION settle(p_link_id int, p_released bigint[], p_held json, p_parked json)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
  DELETE FROM link.held WHERE link_id = p_link_id AND seq = ANY (p_released);
  INSERT INTO link.held (link_id, seq, subject, previous, topic, body, reason, follows, followed_previous)
  SELECT p_link_id, seq, subject, previous, topic, body, reason, follows ->> 'subject', (follows ->> 'previous')::bigint
  FROM json_to_recordset(p_held)
    AS h (seq bigint, subject text, previous bigint, topic text, body text, reason text, follows json)
  ON CONFLICT (link_id, seq) DO UPDATE SET reason = excluded.reason;
  INSERT INTO link.ticket (link_id, seq, subject, topic, body, code, detail)
  SELECT p_link_id, seq, subject, topic, body, code, detail
  FROM json_to_recordset(p_parked)
    AS t (seq bigint, subject text, topic text, body text, code text, detail text);
$$;

-- As before, and which of the subjects that wait behind the ticket's have a ticket of their own.
DROP FUNCTION ticket_begin(bigint, int);
CREATE FUNCTION ticket_begin(
  p_ticket_id bigint, p_link_id int,
  OUT received_through bigint, OUT ahead bigint[], OUT parked json, OUT parked_subjects text[], OUT held json
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
DECLARE
  subjects text[];
BEGIN
  received_through := link.lock_inbound(p_link_id);
  ahead := ARRAY(SELECT a.seq FROM link.ahead a WHERE a.link_id = p_link_id ORDER BY a.seq);
  parked := (
    SELECT json_build_object('seq', t.seq, 'subject', t.subject, 'previous', 0, 'topic', t.topic, 'body', t.body)
    FROM link.ticket t WHERE t.id = p_ticket_id AND t.link_id = p_link_id AND t.closed_at IS NULL);
  subjects := link.concerned(p_link_id, ARRAY[parked ->> 'subject']);
  parked_subjects := ARRAY(
    SELECT t.subject FROM link.ticket t
    WHERE t.link_id = p_link_id AND t.closed_at IS NULL AND t.id <> p_ticket_id AND t.subject = ANY (subjects));
  held := link.held_messages(p_link_id, ARRAY(SELECT unnest(subjects) EXCEPT SELECT unnest(parked_subjects)));
END $$;
GRANT EXECUTE ON FUNCTION ticket_begin TO ishizue_system;
