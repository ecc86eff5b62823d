-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "refresh_began_at" TIMESTAMPTZ(3),
ADD COLUMN     "refresh_began_version" INTEGER;
