-- By hand. Activity by month (docs/decisions/035): what was is moved into partitions of a table of the same name, in this one transaction.
-- It takes about 45 seconds for a million rows, and nobody reads or writes activity meanwhile. The disk needs room for a second copy.

-- The order in which rows were begun. Not a column of prisma/schema.prisma: it is for counting alone (lib/activity/rollUp.ts).
-- CACHE 1: a session that kept numbers for later would write behind what was counted.
CREATE SEQUENCE "activity_seq" CACHE 1;

ALTER TABLE "activity" RENAME TO "activity_whole";
ALTER TABLE "activity_whole" DROP CONSTRAINT "activity_pkey";
DROP INDEX "activity_at_id_idx", "activity_person_id_at_id_idx", "activity_owner_id_at_id_idx", "activity_agent_id_at_id_idx",
  "activity_grant_id_at_id_idx", "activity_connection_id_at_id_idx", "activity_run_id_claimed_at_id_idx", "activity_run_id_verified_at_id_idx";

CREATE TABLE "activity" (LIKE "activity_whole", "seq" BIGINT NOT NULL DEFAULT nextval('activity_seq')) PARTITION BY RANGE ("at");
ALTER SEQUENCE "activity_seq" OWNED BY "activity"."seq";

-- Two partitions take what no month has: without a gap, so that no row is ever refused, and in order, so that a list is read from its newest end.
CREATE TABLE "activity_before" PARTITION OF "activity" FOR VALUES FROM (MINVALUE) TO ('1970-01-01 00:00:00+00');
CREATE TABLE "activity_ahead" PARTITION OF "activity" FOR VALUES FROM ('1970-01-01 00:00:00+00') TO (MAXVALUE);

-- The months there are, by their first day.
CREATE VIEW "activity_months" AS
  SELECT to_date(right(c.relname, 7), 'YYYY_MM') AS "month" FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = to_regclass('activity') AND c.relname ~ '^activity_\d{4}_\d{2}$';

CREATE FUNCTION activity_bound("month" date) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT quote_literal(to_char("month", 'YYYY-MM-DD') || ' 00:00:00+00') $$;

-- Sees to a partition for a moment's month (UTC) and for each between it and those that are there; what lay in a catch-all moves into them. Answers how
-- many were made. Waits for whoever reads or writes activity as long as lock_timeout says, and then keeps everybody out until the transaction ends.
CREATE FUNCTION activity_reach(wanted timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  goal date := date_trunc('month', wanted AT TIME ZONE 'UTC')::date;
  first date; last date; one date; upper date; made integer := 0;
BEGIN
  SELECT min("month"), max("month") INTO first, last FROM "activity_months";
  IF goal BETWEEN first AND last THEN RETURN 0; END IF;
  LOCK TABLE "activity" IN ACCESS EXCLUSIVE MODE;
  SELECT min("month"), max("month") INTO first, last FROM "activity_months";
  IF goal BETWEEN first AND last THEN RETURN 0; END IF;
  IF first IS NULL OR goal > last THEN
    ALTER TABLE "activity" DETACH PARTITION "activity_ahead";
    IF first IS NULL THEN
      ALTER TABLE "activity" DETACH PARTITION "activity_before";
      EXECUTE format('ALTER TABLE "activity" ATTACH PARTITION "activity_before" FOR VALUES FROM (MINVALUE) TO (%s)', activity_bound(goal));
    END IF;
    one := coalesce((last + interval '1 month')::date, goal);
    WHILE one <= goal LOOP
      -- Each partition costs every reading a little: a long time without a Valet is one.
      upper := CASE WHEN one + interval '1 year' < goal THEN goal - interval '3 months' ELSE one + interval '1 month' END;
      EXECUTE format('CREATE TABLE %I PARTITION OF "activity" FOR VALUES FROM (%s) TO (%s)',
        'activity_' || to_char(one, 'YYYY_MM'), activity_bound(one), activity_bound(upper));
      one := upper;
      made := made + 1;
    END LOOP;
    INSERT INTO "activity" SELECT * FROM "activity_ahead" WHERE "at" < activity_bound_at(one);
    DELETE FROM "activity_ahead" WHERE "at" < activity_bound_at(one);
    EXECUTE format('ALTER TABLE "activity" ATTACH PARTITION "activity_ahead" FOR VALUES FROM (%s) TO (MAXVALUE)', activity_bound(one));
  ELSE
    ALTER TABLE "activity" DETACH PARTITION "activity_before";
    one := first;
    WHILE one > goal LOOP
      upper := one;
      one := (one - interval '1 month')::date;
      EXECUTE format('CREATE TABLE %I PARTITION OF "activity" FOR VALUES FROM (%s) TO (%s)',
        'activity_' || to_char(one, 'YYYY_MM'), activity_bound(one), activity_bound(upper));
      made := made + 1;
    END LOOP;
    INSERT INTO "activity" SELECT * FROM "activity_before" WHERE "at" >= activity_bound_at(one);
    DELETE FROM "activity_before" WHERE "at" >= activity_bound_at(one);
    EXECUTE format('ALTER TABLE "activity" ATTACH PARTITION "activity_before" FOR VALUES FROM (MINVALUE) TO (%s)', activity_bound(one));
  END IF;
  RETURN made;
END $$;

CREATE FUNCTION activity_bound_at("month" date) RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT "month"::timestamp AT TIME ZONE 'UTC' $$;

-- Drops the months that were over by a moment, and what is older still. Charts and lists go by the same bound from then on. Answers the bound.
CREATE FUNCTION activity_drop(wanted timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
  bound date; one date;
BEGIN
  LOCK TABLE "activity" IN ACCESS EXCLUSIVE MODE;
  SELECT max("month") INTO bound FROM "activity_months" WHERE activity_bound_at("month") <= wanted;
  IF bound IS NULL OR bound <= (SELECT min("month") FROM "activity_months") THEN RETURN NULL; END IF;
  FOR one IN SELECT "month" FROM "activity_months" WHERE "month" < bound ORDER BY 1 LOOP
    EXECUTE format('DROP TABLE %I', 'activity_' || to_char(one, 'YYYY_MM'));
  END LOOP;
  DROP TABLE "activity_before";
  EXECUTE format('CREATE TABLE "activity_before" PARTITION OF "activity" FOR VALUES FROM (MINVALUE) TO (%s)', activity_bound(bound));
  UPDATE "activity_rolled" SET "kept_from" = activity_bound_at(bound);
  RETURN activity_bound_at(bound);
END $$;

-- At most ten years of months: what claims to be older stays in activity_before. Two months ahead, as the sweep keeps it.
SELECT activity_reach(greatest(coalesce((SELECT min("at") FROM "activity_whole"), now()), now() - interval '10 years'));
SELECT activity_reach(now() + interval '2 months');

INSERT INTO "activity" SELECT * FROM "activity_whole";
DROP TABLE "activity_whole";

-- Its key needs the column it is partitioned by. An id is random beyond its millisecond, so it names one row without that.
ALTER TABLE "activity" ADD CONSTRAINT "activity_pkey" PRIMARY KEY ("id", "at");
CREATE INDEX "activity_at_id_idx" ON "activity"("at" DESC, "id" DESC);
CREATE INDEX "activity_person_id_at_id_idx" ON "activity"("person_id", "at" DESC, "id" DESC);
CREATE INDEX "activity_owner_id_at_id_idx" ON "activity"("owner_id", "at" DESC, "id" DESC);
CREATE INDEX "activity_agent_id_at_id_idx" ON "activity"("agent_id", "at" DESC, "id" DESC);
CREATE INDEX "activity_grant_id_at_id_idx" ON "activity"("grant_id", "at" DESC, "id" DESC);
CREATE INDEX "activity_connection_id_at_id_idx" ON "activity"("connection_id", "at" DESC, "id" DESC);
-- Most rows name a run in one way, or in none.
CREATE INDEX "activity_run_id_claimed_at_id_idx" ON "activity"("run_id_claimed", "at" DESC, "id" DESC) WHERE "run_id_claimed" IS NOT NULL;
CREATE INDEX "activity_run_id_verified_at_id_idx" ON "activity"("run_id_verified", "at" DESC, "id" DESC) WHERE "run_id_verified" IS NOT NULL;
-- What an agent's owners see beside what touched their own: see visibleTo in lib/activity/list.ts.
CREATE INDEX "activity_nobodys_idx" ON "activity"("agent_id", "at" DESC, "id" DESC)
  WHERE "grant_id" IS NULL AND "connection_id" IS NULL AND "connector" IS NULL;
CREATE INDEX "activity_seq_idx" ON "activity"("seq");

-- Rows by how many: lib/activity/rollUp.ts. Two kinds of cells, of several widths of time; what a kind does not tell apart is empty in it, as is what is null.
CREATE TABLE "activity_counts" (
  "cells" TEXT NOT NULL,
  "seconds" INTEGER NOT NULL,
  "slot" TIMESTAMPTZ(3) NOT NULL,
  "agent_id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "event" TEXT NOT NULL,
  "acting" TEXT NOT NULL,
  "decision" TEXT NOT NULL,
  "person_id" TEXT NOT NULL,
  "owner_id" TEXT NOT NULL,
  "grant_id" TEXT NOT NULL,
  "connection_id" TEXT NOT NULL,
  "connector" TEXT NOT NULL,
  "pattern" TEXT NOT NULL,
  "rows" BIGINT NOT NULL,
  PRIMARY KEY ("cells", "seconds", "slot", "agent_id", "kind", "event", "acting", "decision", "person_id", "owner_id", "grant_id", "connection_id", "connector", "pattern")
) PARTITION BY LIST ("seconds");
-- Each width by itself: its cells lie one after the other in time, and a chart reads a few pages.
CREATE TABLE "activity_counts_600" PARTITION OF "activity_counts" FOR VALUES IN (600) WITH (fillfactor = 80);
CREATE TABLE "activity_counts_3600" PARTITION OF "activity_counts" FOR VALUES IN (3600) WITH (fillfactor = 80);
CREATE TABLE "activity_counts_21600" PARTITION OF "activity_counts" FOR VALUES IN (21600) WITH (fillfactor = 80);
CREATE TABLE "activity_counts_86400" PARTITION OF "activity_counts" FOR VALUES IN (86400) WITH (fillfactor = 80);
CREATE TABLE "activity_counts_604800" PARTITION OF "activity_counts" FOR VALUES IN (604800) WITH (fillfactor = 80);
CREATE INDEX "activity_counts_agent_id_idx" ON "activity_counts"("agent_id", "seconds", "slot") WHERE "cells" = 'hands';
CREATE INDEX "activity_counts_person_id_idx" ON "activity_counts"("person_id", "seconds", "slot") WHERE "cells" = 'hands';
CREATE INDEX "activity_counts_owner_id_idx" ON "activity_counts"("owner_id", "seconds", "slot") WHERE "cells" = 'hands';
CREATE INDEX "activity_counts_event_idx" ON "activity_counts"("event", "seconds", "slot") WHERE "cells" = 'services';
CREATE INDEX "activity_counts_connector_idx" ON "activity_counts"("connector", "seconds", "slot") WHERE "cells" = 'services';

-- How far it was counted: every row up to `seq`, and no other. Of what is older than `kept_from`, cells may still lie about; rows do not.
CREATE TABLE "activity_rolled" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "seq" BIGINT NOT NULL,
  "kept_from" TIMESTAMPTZ(3) NOT NULL
);
INSERT INTO "activity_rolled" VALUES (1, 0, '1970-01-01 00:00:00+00');

-- Valet changes nothing of a row that is counted by. Who does by hand has everything counted anew.
CREATE FUNCTION activity_count_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "activity_rolled" SET "seq" = 0;
  DELETE FROM "activity_counts";
  RETURN NULL;
END $$;
CREATE TRIGGER "activity_changed" AFTER UPDATE OF "at", "kind", "event", "acting", "decision", "person_id", "owner_id", "agent_id", "grant_id", "connection_id", "connector", "pattern", "seq"
  ON "activity" FOR EACH STATEMENT EXECUTE FUNCTION activity_count_anew();
CREATE TRIGGER "activity_deleted" AFTER DELETE OR TRUNCATE ON "activity" FOR EACH STATEMENT EXECUTE FUNCTION activity_count_anew();
