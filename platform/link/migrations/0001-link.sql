-- Durable one-way links between sites. Systems reach nothing here but the five functions at the end: they run as this
-- schema's owner, and those of the receiving side answer only to the role of the system at the link's end.

GRANT USAGE ON SCHEMA link TO ishizue_system;

CREATE TABLE site (
  site text PRIMARY KEY CHECK (site ~ '^[a-z][a-z0-9-]*(/[a-z0-9-]+)*$' AND length(site) <= 64),
  name text NOT NULL,
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32)
);

CREATE TABLE link (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  from_site text NOT NULL REFERENCES site,
  to_site text NOT NULL REFERENCES site,
  system text NOT NULL CHECK (system ~ '^[a-z][a-z_]{0,40}$'),
  name text NOT NULL UNIQUE GENERATED ALWAYS AS (from_site || '>' || to_site || ':' || system) STORED,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The last sequence number taken. Every send locks the row until its commit; what the dispatcher writes is in another
-- row, so that neither waits for the other. Half of each page is left free for the row's next versions.
CREATE TABLE counter (
  link_id int PRIMARY KEY REFERENCES link,
  last_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- What the dispatcher knows of the sending end.
CREATE TABLE outbound (
  link_id int PRIMARY KEY REFERENCES link,
  acked_through bigint NOT NULL DEFAULT 0,
  last_ack_at timestamptz,
  last_attempt_at timestamptz,
  attempts int NOT NULL DEFAULT 0,
  last_error_code text
) WITH (fillfactor = 50);

CREATE TABLE outbox (
  link_id int NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
  topic text NOT NULL CHECK (length(topic) BETWEEN 1 AND 100),
  body text NOT NULL CHECK (octet_length(body) <= 1048576),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (link_id, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000);
CREATE INDEX outbox_subject ON outbox (link_id, subject, seq);

-- The receiving end. Its row is locked by every receipt and every decision on a ticket.
CREATE TABLE inbound (
  link_id int PRIMARY KEY REFERENCES link,
  received_through bigint NOT NULL DEFAULT 0,
  last_received_at timestamptz
) WITH (fillfactor = 50);

-- Messages beyond a gap that are applied, held or parked.
CREATE TABLE ahead (
  link_id int NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (link_id, seq)
);

CREATE TABLE held (
  link_id int NOT NULL,
  seq bigint NOT NULL,
  subject text NOT NULL,
  previous bigint NOT NULL,
  topic text NOT NULL,
  body text NOT NULL,
  reason text NOT NULL CHECK (reason IN ('gap', 'behind-parked')),
  PRIMARY KEY (link_id, seq)
);
CREATE INDEX held_subject ON held (link_id, subject, seq);

-- A parked message. The body goes when it has been applied; of a dropped one it stays as evidence.
CREATE TABLE ticket (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  link_id int NOT NULL REFERENCES link,
  seq bigint NOT NULL,
  subject text NOT NULL,
  topic text NOT NULL,
  body text,
  code text NOT NULL,
  detail text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  resolution text CHECK (resolution IN ('applied', 'dropped')),
  closed_reason text,
  UNIQUE (link_id, seq),
  CHECK ((closed_at IS NULL) = (resolution IS NULL)),
  CHECK (body IS NOT NULL OR resolution = 'applied')
);
-- One open ticket a subject: whatever follows it is held.
CREATE UNIQUE INDEX ticket_open ON ticket (link_id, subject) WHERE closed_at IS NULL;

-- Takes sequence numbers without gaps and writes the messages. All links of one call are locked in the order of their
-- numbers, so that two senders never wait for each other in a circle; hence one call a transaction, the last one.
-- p_link_of: for each message the place (from 1) of its link in p_links.
CREATE FUNCTION send(p_links text[], p_link_of int[], p_subjects text[], p_topics text[], p_bodies text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
DECLARE
  ids int[];
BEGIN
  SELECT array_agg(l.id ORDER BY n.place) INTO ids
  FROM unnest(p_links) WITH ORDINALITY AS n (name, place) JOIN link.link l ON l.name = n.name;
  IF cardinality(ids) IS DISTINCT FROM cardinality(p_links) THEN
    RAISE EXCEPTION 'link.send: a link is not open' USING ERRCODE = 'no_data_found';
  END IF;
  PERFORM 1 FROM link.counter WHERE link_id = ANY (ids) ORDER BY link_id FOR NO KEY UPDATE;
  WITH message AS (
    SELECT ids[m.link_of] AS link_id, row_number() OVER (PARTITION BY m.link_of ORDER BY m.place) AS nth,
           m.subject, m.topic, m.body
    FROM unnest(p_link_of, p_subjects, p_topics, p_bodies) WITH ORDINALITY
      AS m (link_of, subject, topic, body, place)
  ), counted AS (
    UPDATE link.counter c SET last_seq = c.last_seq + n.count
    FROM (SELECT link_id, count(*) FROM message GROUP BY link_id) n
    WHERE c.link_id = n.link_id
    RETURNING c.link_id, c.last_seq - n.count AS before
  )
  INSERT INTO link.outbox (link_id, seq, subject, topic, body)
  SELECT link_id, before + nth, subject, topic, body FROM message JOIN counted USING (link_id)
  ORDER BY link_id, nth;
END $$;

-- Deletes what is acknowledged: all up to p_through[i] on p_link_ids[i], and single messages beyond. Answers the links
-- taken: not those whose receiver claims more than was ever sent. The settings keep the plan on the primary key
-- whatever the statistics say of a table that is filled and emptied all day.
CREATE FUNCTION acknowledge(p_link_ids int[], p_through bigint[], p_beyond_link_ids int[], p_beyond_seqs bigint[])
RETURNS SETOF int LANGUAGE sql SET search_path = pg_catalog, link, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH acked AS (
    SELECT a.link_id, max(a.through) AS through
    FROM unnest(p_link_ids, p_through) AS a (link_id, through)
    JOIN link.counter c ON c.link_id = a.link_id AND a.through <= c.last_seq
    GROUP BY a.link_id
  ), gone AS (
    DELETE FROM link.outbox o USING acked a WHERE o.link_id = a.link_id AND o.seq <= a.through
  ), gone_beyond AS (
    DELETE FROM link.outbox o USING unnest(p_beyond_link_ids, p_beyond_seqs) AS b (link_id, seq), acked a
    WHERE o.link_id = b.link_id AND o.seq = b.seq AND a.link_id = b.link_id AND b.seq > a.through
  )
  UPDATE link.outbound o
  SET acked_through = greatest(o.acked_through, a.through), last_ack_at = now(), last_attempt_at = now(),
      attempts = 0, last_error_code = NULL
  FROM acked a WHERE o.link_id = a.link_id
  RETURNING o.link_id;
$$;

-- Locks the receiving end for the rest of the transaction. Only the system at the link's end may.
CREATE FUNCTION lock_inbound(p_link_id int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
DECLARE
  through bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM link.link WHERE id = p_link_id AND 'ishizue_' || system = session_user) THEN
    RAISE EXCEPTION 'link: % does not receive on link %', session_user, p_link_id
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT received_through INTO STRICT through FROM link.inbound WHERE link_id = p_link_id FOR NO KEY UPDATE;
  -- a constraint left to the commit would refuse a whole receipt without telling which message was wrong
  SET CONSTRAINTS ALL IMMEDIATE;
  RETURN through;
END $$;

-- Begins a receipt: what the link's end has, as far as it concerns the subjects, and the sender's key as it is now.
CREATE FUNCTION receive_begin(
  p_link_id int, p_subjects text[],
  OUT sender_key bytea, OUT received_through bigint, OUT ahead bigint[], OUT parked_subjects text[], OUT held json
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  received_through := link.lock_inbound(p_link_id);
  sender_key := (
    SELECT s.public_key FROM link.link l JOIN link.site s ON s.site = l.from_site WHERE l.id = p_link_id);
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

-- Writes which messages left the held ones, which joined them (or changed reason), and which are parked.
CREATE FUNCTION settle(p_link_id int, p_released bigint[], p_held json, p_parked json)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
  DELETE FROM link.held WHERE link_id = p_link_id AND seq = ANY (p_released);
  INSERT INTO link.held (link_id, seq, subject, previous, topic, body, reason)
  SELECT p_link_id, seq, subject, previous, topic, body, reason
  FROM json_to_recordset(p_held)
    AS h (seq bigint, subject text, previous bigint, topic text, body text, reason text)
  ON CONFLICT (link_id, seq) DO UPDATE SET reason = excluded.reason;
  INSERT INTO link.ticket (link_id, seq, subject, topic, body, code, detail)
  SELECT p_link_id, seq, subject, topic, body, code, detail
  FROM json_to_recordset(p_parked)
    AS t (seq bigint, subject text, topic text, body text, code text, detail text);
$$;

-- Ends a receipt that receive_begin began in the same transaction.
CREATE FUNCTION receive_end(
  p_link_id int, p_received_through bigint, p_ahead_added bigint[], p_released bigint[], p_held json, p_parked json
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
DECLARE
  through bigint := link.lock_inbound(p_link_id);
BEGIN
  UPDATE link.inbound SET received_through = p_received_through, last_received_at = now()
  WHERE link_id = p_link_id;
  IF cardinality(p_ahead_added) > 0 THEN
    INSERT INTO link.ahead (link_id, seq) SELECT p_link_id, unnest(p_ahead_added);
  END IF;
  IF p_received_through > through THEN
    DELETE FROM link.ahead WHERE link_id = p_link_id AND seq <= p_received_through;
  END IF;
  IF p_released <> '{}' OR p_held IS NOT NULL OR p_parked IS NOT NULL THEN
    PERFORM link.settle(p_link_id, p_released, coalesce(p_held, '[]'), coalesce(p_parked, '[]'));
  END IF;
END $$;

-- Begins a decision on a ticket: the parked message if the ticket is open, and all that is held behind it.
CREATE FUNCTION ticket_begin(
  p_ticket_id bigint, p_link_id int,
  OUT received_through bigint, OUT ahead bigint[], OUT parked json, OUT held json
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  received_through := link.lock_inbound(p_link_id);
  ahead := ARRAY(SELECT a.seq FROM link.ahead a WHERE a.link_id = p_link_id ORDER BY a.seq);
  parked := (
    SELECT json_build_object('seq', t.seq, 'subject', t.subject, 'previous', 0, 'topic', t.topic, 'body', t.body)
    FROM link.ticket t WHERE t.id = p_ticket_id AND t.link_id = p_link_id AND t.closed_at IS NULL);
  held := (
    SELECT json_agg(json_build_object('seq', h.seq, 'subject', h.subject, 'previous', h.previous, 'topic', h.topic,
                                      'body', h.body) ORDER BY h.seq)
    FROM link.held h WHERE h.link_id = p_link_id AND h.subject = parked ->> 'subject');
END $$;

-- Ends a decision on a ticket that ticket_begin began in the same transaction. Without p_resolution the message was
-- refused again: the ticket stays open with the new code and detail.
CREATE FUNCTION ticket_end(
  p_ticket_id bigint, p_link_id int, p_resolution text, p_reason text, p_code text, p_detail text,
  p_released bigint[], p_held json, p_parked json
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
BEGIN
  PERFORM link.lock_inbound(p_link_id);
  IF p_resolution IS NULL THEN
    UPDATE link.ticket SET code = p_code, detail = p_detail
    WHERE id = p_ticket_id AND link_id = p_link_id AND closed_at IS NULL;
  ELSE
    UPDATE link.ticket
    SET closed_at = now(), resolution = p_resolution, closed_reason = p_reason,
        body = CASE WHEN p_resolution = 'dropped' THEN body END
    WHERE id = p_ticket_id AND link_id = p_link_id AND closed_at IS NULL;
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'link: ticket % is not open', p_ticket_id USING ERRCODE = 'no_data_found';
  END IF;
  PERFORM link.settle(p_link_id, p_released, p_held, p_parked);
END $$;

GRANT EXECUTE ON FUNCTION send, receive_begin, receive_end, ticket_begin, ticket_end TO ishizue_system;
