-- AlterTable
ALTER TABLE "connector_setups" ADD COLUMN     "app_id" TEXT,
ADD COLUMN     "app_slug" TEXT,
ADD COLUMN     "ceiling" TEXT[],
ADD COLUMN     "read_client_id" TEXT,
ADD COLUMN     "sealed_app_key" TEXT,
ADD COLUMN     "sealed_read_secret" TEXT,
ADD COLUMN     "test_result" JSONB,
ADD COLUMN     "tested_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "parent_id" TEXT,
ADD COLUMN     "registration" TEXT NOT NULL DEFAULT 'main';

-- AlterTable
ALTER TABLE "connect_attempts" ADD COLUMN     "lending" JSONB,
ADD COLUMN     "registration" TEXT NOT NULL DEFAULT 'main';

-- AlterTable
ALTER TABLE "grants" ADD COLUMN     "bounds" JSONB;
