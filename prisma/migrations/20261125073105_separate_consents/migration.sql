-- Written by hand: a consent that serves one grant alone stands beside the connection of the same account.
DROP INDEX "connections_one_live_account";
CREATE UNIQUE INDEX "connections_one_live_account" ON "connections"("person_id", "connector", "account_id") WHERE "status" <> 'disconnected' AND "parent_id" IS NULL;
CREATE INDEX "connections_parent_id_idx" ON "connections"("parent_id") WHERE "parent_id" IS NOT NULL;
