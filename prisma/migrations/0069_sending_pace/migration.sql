-- How fast a mail server is given mail by all processes together. A process that kept its own count would let two of them send
-- twice what the server takes, and knock at a server that has just asked another one to wait.

-- Mails of the last minute by their second.
CREATE TABLE "mail_taken" (
    -- user@host:port, never the password.
    "server" TEXT NOT NULL,
    "second" TIMESTAMPTZ(3) NOT NULL,
    "taken" INTEGER NOT NULL,

    CONSTRAINT "mail_taken_pkey" PRIMARY KEY ("server", "second")
);

-- What is left alone: away (it cannot be reached), slow (it asked to slow down), @domain (that domain's server did, through it).
CREATE TABLE "mail_rest" (
    "server" TEXT NOT NULL,
    "about" TEXT NOT NULL,
    -- One after another.
    "failures" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "because" TEXT NOT NULL,

    CONSTRAINT "mail_rest_pkey" PRIMARY KEY ("server", "about")
);

-- Takes one mail of the minute; or says what to wait for and how long. `troubled`: it goes after a rest whose end nobody has told yet.
-- Times are the database's, because clocks of processes differ.
CREATE FUNCTION ask_to_send(p_server text, p_domain text, p_per_minute int)
RETURNS TABLE (about text, because text, wait_ms int, troubled boolean) LANGUAGE plpgsql AS $$
DECLARE
  at timestamptz := clock_timestamp(); rest record; used bigint; oldest timestamptz;
BEGIN
  troubled := false;
  FOR rest IN SELECT r.about, r.because, r.until FROM mail_rest r
    WHERE r.server = p_server AND r.about IN ('away', 'slow', '@' || p_domain) ORDER BY r.until DESC
  LOOP
    troubled := true;
    IF rest.until > at THEN
      about := rest.about;
      because := rest.because;
      wait_ms := ceil(extract(epoch FROM rest.until - at) * 1000);
      RETURN NEXT;
      RETURN;
    END IF;
  END LOOP;
  IF p_per_minute IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('ask_to_send ' || p_server, 0));
    at := clock_timestamp();
    -- A second counts until all of it is a minute ago.
    DELETE FROM mail_taken m WHERE m.server = p_server AND m.second <= at - interval '61 seconds';
    SELECT sum(m.taken), min(m.second) INTO used, oldest FROM mail_taken m WHERE m.server = p_server;
    IF used >= p_per_minute THEN
      about := 'minute';
      wait_ms := ceil(extract(epoch FROM oldest + interval '61 seconds' - at) * 1000);
    ELSE
      INSERT INTO mail_taken AS m (server, second, taken) VALUES (p_server, date_trunc('second', at), 1)
      ON CONFLICT (server, second) DO UPDATE SET taken = m.taken + 1;
    END IF;
  END IF;
  RETURN NEXT;
END $$;
