-- By hand. A row of activity is written when a use is admitted, and once more when its outcome is known (docs/decisions/041). Half of each page is kept
-- for that, so that the second writing stays on its page and touches no index. Pages that are full already stay as they are.

DO $$
DECLARE
  one date;
BEGIN
  FOR one IN SELECT "month" FROM "activity_months" LOOP
    EXECUTE format('ALTER TABLE %I SET (fillfactor = 50)', 'activity_' || to_char(one, 'YYYY_MM'));
  END LOOP;
END $$;

-- As it was, but for the room.
CREATE OR REPLACE FUNCTION activity_reach(wanted timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
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
      EXECUTE format('CREATE TABLE %I PARTITION OF "activity" FOR VALUES FROM (%s) TO (%s) WITH (fillfactor = 50)',
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
      EXECUTE format('CREATE TABLE %I PARTITION OF "activity" FOR VALUES FROM (%s) TO (%s) WITH (fillfactor = 50)',
        'activity_' || to_char(one, 'YYYY_MM'), activity_bound(one), activity_bound(upper));
      made := made + 1;
    END LOOP;
    INSERT INTO "activity" SELECT * FROM "activity_before" WHERE "at" >= activity_bound_at(one);
    DELETE FROM "activity_before" WHERE "at" >= activity_bound_at(one);
    EXECUTE format('ALTER TABLE "activity" ATTACH PARTITION "activity_before" FOR VALUES FROM (MINVALUE) TO (%s)', activity_bound(one));
  END IF;
  RETURN made;
END $$;
