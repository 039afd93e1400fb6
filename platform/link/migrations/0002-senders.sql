-- Who may send: the transaction's site on its own links, and on them the system at their end, or another that is declared.
-- By design systems send towards each other, so a link's own name does not tell its senders; and one link may carry two
-- systems' messages, so it has no single sender either. What is declared is a pair of systems, on any link between them.
-- It is declared in a migration of one of the two, by the one that knows the other: a system cannot widen it while it
-- runs. The site is the transaction's own word (ishizue.site); the system is the role that logged in.

CREATE TABLE sender (
  system text NOT NULL CHECK (system ~ '^[a-z][a-z_]{0,40}$'),
  to_system text NOT NULL CHECK (to_system ~ '^[a-z][a-z_]{0,40}$'),
  PRIMARY KEY (system, to_system)
);

-- The owners of systems' schemas run migrations and cannot log in; they belong to no group that could be named here.
ALTER TABLE sender ENABLE ROW LEVEL SECURITY;
CREATE POLICY declared ON sender FOR INSERT
  WITH CHECK (current_user IN ('ishizue_' || system || '_owner', 'ishizue_' || to_system || '_owner'));
REVOKE ALL ON sender FROM ishizue_link;
GRANT USAGE ON SCHEMA link TO PUBLIC;
GRANT INSERT ON sender TO PUBLIC;

-- Takes sequence numbers without gaps and writes the messages. All links of one call are locked in the order of their
-- numbers, so that two senders never wait for each other in a circle; hence one call a transaction, the last one.
-- p_link_of: for each message the place (from 1) of its link in p_links.
CREATE OR REPLACE FUNCTION send(p_links text[], p_link_of int[], p_subjects text[], p_topics text[], p_bodies text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, link, pg_temp AS $$
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
