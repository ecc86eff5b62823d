-- AlterTable
ALTER TABLE "grants" ADD COLUMN     "evidence" JSONB,
ADD COLUMN     "suspended_at" TIMESTAMPTZ(3),
ADD COLUMN     "tested_at" TIMESTAMPTZ(3);
